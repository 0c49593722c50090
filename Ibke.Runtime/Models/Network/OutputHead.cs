using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>From the residual stream to the scores of the next token.</summary>
/// <param name="norm">The final norm; null where the last block ends with one.</param>
/// <param name="projection">From the hidden size to that of the embedding; null where they are the same.</param>
/// <param name="output">The output matrix.</param>
/// <param name="scale">Factor of the scores.</param>
/// <param name="softCap">Scores become cap · tanh(score / cap); null leaves them.</param>
internal sealed class OutputHead(Norm? norm, Projection? projection, Projection output, float scale, float? softCap)
{
    /// <summary>The final norm. [rows, hidden] → [rows, hidden].</summary>
    public Tensor Normalize(Operations ops, Tensor stream) =>
        norm is null ? stream.Reshape(stream.Shape) : norm.Apply(ops, stream);

    /// <summary>The scores. [rows, hidden] → [rows, vocabulary].</summary>
    public Tensor Score(Operations ops, Tensor hidden)
    {
        using Tensor? narrow = projection?.Apply(ops, hidden);
        Tensor logits = output.Apply(ops, narrow ?? hidden);
        if (scale != 1)
        {
            using Tensor unscaled = logits;
            logits = ops.Scale(unscaled, scale);
        }

        if (softCap is { } cap)
        {
            using Tensor uncapped = logits;
            logits = ops.SoftCap(uncapped, cap);
        }

        return logits;
    }
}
