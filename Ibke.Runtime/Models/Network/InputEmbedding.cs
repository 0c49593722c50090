using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>From tokens to the residual stream.</summary>
/// <param name="tokens">[vocabulary, embedding size].</param>
/// <param name="scale">Factor of its rows.</param>
/// <param name="projection">From the embedding size to the hidden size; null where they are the same.</param>
/// <param name="positions">[positions, hidden], the positions that were learned; null where there are none.</param>
/// <param name="positionOffset">The row of position 0.</param>
internal sealed class InputEmbedding(Parameter tokens, float scale, Projection? projection, Parameter? positions, int positionOffset)
{
    /// <summary>The most positions a sequence may have, where they were learned; null where any will do.</summary>
    public int? MostPositions => positions is null ? null : positions.Shape[0] - positionOffset;

    /// <summary>The stream before the first block. [rows, hidden].</summary>
    public Tensor Apply(ForwardPass pass, IReadOnlyList<int> ids)
    {
        Operations ops = pass.Ops;
        Tensor stream = ops.Embedding(tokens.Stored, ids);
        if (scale != 1)
        {
            using Tensor unscaled = stream;
            stream = ops.Scale(unscaled, scale);
        }

        if (projection is not null)
        {
            using Tensor narrow = stream;
            stream = projection.Apply(ops, narrow);
        }

        if (positions is not null)
        {
            using Tensor alone = stream;
            using Tensor learned = ops.Embedding(positions.Stored, [.. pass.Positions.Select(position => position + positionOffset)]);
            stream = ops.Add(alone, learned);
        }

        return stream;
    }
}
