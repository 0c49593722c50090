namespace Ibke.Runtime.Tensors;

/// <summary>
/// Consecutive rows of a batch that are the next positions of one sequence. A batch is a list of these; together they cover its rows in order.
/// </summary>
/// <param name="Count">The number of rows, at least 1.</param>
/// <param name="Cache">The earlier positions, to which attention appends these; null when the rows are the whole sequence.</param>
public readonly record struct SequenceRows(int Count, KeyValueCache? Cache = null)
{
    /// <summary>The position of the first row.</summary>
    public int Start => Cache?.Length ?? 0;
}
