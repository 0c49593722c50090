using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Training.Batches;

/// <summary>What one step is trained on.</summary>
/// <param name="Step">Its number, from 0.</param>
/// <param name="Batches">Passes whose gradients are summed; at least one with a learned token.</param>
/// <param name="Position">Where the stream stands after it.</param>
internal sealed record PreparedStep(int Step, IReadOnlyList<TrainingBatch> Batches, BatchPosition Position);

/// <summary>Where a stream of batches stands: all that the following steps depend on.</summary>
/// <param name="Step">The number of the next step.</param>
/// <param name="Documents">How far each source has come.</param>
/// <param name="Balances">For each source, and for copying rows last, the tokens it may still give; negative where it has given more.</param>
internal sealed record BatchPosition(int Step, IReadOnlyList<DocumentPosition> Documents, IReadOnlyList<double> Balances)
{
    /// <summary>The beginning.</summary>
    /// <param name="sources">The number of sources.</param>
    public static BatchPosition Start(int sources) => new(0, new DocumentPosition[sources], new double[sources + 1]);
}
