using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>Causal attention of one layer with its projections.</summary>
/// <param name="layer">The layer of the key/value cache.</param>
/// <param name="shape">Heads, scale, window, cap.</param>
/// <param name="input">The projections to queries, keys and values.</param>
/// <param name="output">The projection back to the residual stream.</param>
/// <param name="queryKeyNorm">Norms of queries and keys; null where there are none.</param>
/// <param name="rotary">Which of the pass's rotary embeddings turns queries and keys; null turns nothing.</param>
internal sealed class Attention(
    int layer, AttentionShape shape, QueryKeyValue input, Projection output, QueryKeyNorms? queryKeyNorm, int? rotary)
{
    /// <summary>[rows, hidden] → [rows, hidden].</summary>
    public Tensor Apply(ForwardPass pass, Tensor x)
    {
        Operations ops = pass.Ops;
        (Tensor query, Tensor key, Tensor value) = input.Apply(pass, x);
        using Tensor ownValue = value; // [rows, key/value heads × head size]
        if (queryKeyNorm is not null)
        {
            Replace(ref query, queryKeyNorm.Apply(ops, query, queryKeyNorm.Query));
            Replace(ref key, queryKeyNorm.Apply(ops, key, queryKeyNorm.Key));
        }

        if (rotary is { } index)
        {
            RotaryPass turning = pass.Rotary(index);
            Replace(ref query, turning.Turn(ops, query, shape.HeadSize));
            Replace(ref key, turning.Turn(ops, key, shape.HeadSize));
        }

        using Tensor ownQuery = query; // [rows, heads × head size]
        using Tensor ownKey = key; // [rows, key/value heads × head size]
        using Tensor mixed = ops.Attention(query, key, value, shape, pass.Sequences, layer); // [rows, heads × head size]
        return output.Apply(pass, mixed);
    }

    private static void Replace(ref Tensor tensor, Tensor next)
    {
        tensor.Dispose();
        tensor = next;
    }
}

/// <summary>Norms of queries and keys before they are turned.</summary>
/// <param name="Query">The norm of queries.</param>
/// <param name="Key">The norm of keys.</param>
/// <param name="EachHead">Whether each head is normed on its own, rather than the whole projection.</param>
internal sealed record QueryKeyNorms(Norm Query, Norm Key, bool EachHead)
{
    /// <summary>Norms queries or keys.</summary>
    public Tensor Apply(Operations ops, Tensor x, Norm norm) => EachHead ? norm.ApplyToHeads(ops, x) : norm.Apply(ops, x);
}
