using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Training.Batches;

/// <summary>Sequences of different lengths that go through a network in one pass, one after the other and without padding.</summary>
/// <param name="Inputs">The tokens of all sequences.</param>
/// <param name="Sequences">Which rows belong together.</param>
/// <param name="LearnedRows">The rows whose next token is learned, ascending.</param>
/// <param name="Targets">For each of them the next token.</param>
/// <param name="Weights">For each of them the factor of its loss.</param>
/// <param name="Replies">For each of them the reply it belongs to, or −1 where it counts too little to be right or wrong.</param>
/// <param name="ReplySources">For each reply the number of the source that its document came from.</param>
internal sealed record TrainingBatch(
    int[] Inputs, SequenceRows[] Sequences, int[] LearnedRows, int[] Targets, float[] Weights, int[] Replies, int[] ReplySources)
{
    /// <summary>The sum of the weights.</summary>
    public double TotalWeight => Weights.Sum(weight => (double)weight);
}
