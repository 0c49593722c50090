namespace Ibke.Runtime.Editing;

/// <summary>What an editor made of one edit; an <see cref="UpdateForm"/> makes neurons of it.</summary>
/// <param name="Rows">The number of tokens.</param>
/// <param name="Inputs">For each layer [rows, hidden size]: the MLP's normalised input x.</param>
/// <param name="Values">For each layer [rows, hidden size].</param>
/// <param name="Keys">For each layer [rows, hidden size], of length one; empty in the linear form.</param>
/// <param name="Thresholds">For each layer [rows]; empty in the linear form.</param>
internal sealed record EditFactors(
    int Rows,
    IReadOnlyList<float[]> Inputs,
    IReadOnlyList<float[]> Values,
    IReadOnlyList<float[]> Keys,
    IReadOnlyList<float[]> Thresholds)
{
    /// <summary>The same with the values of a further round added; keys and thresholds stay those of the first.</summary>
    public EditFactors AddValues(EditFactors round) => this with
    {
        Values = [.. Values.Zip(round.Values, (sum, values) => sum.Zip(values, (a, b) => a + b).ToArray())],
    };
}
