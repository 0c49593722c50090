using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>The projections into attention: three matrices, or one that holds all three.</summary>
internal abstract class QueryKeyValue
{
    /// <summary>[rows, hidden] → queries [rows, heads × head size], keys and values [rows, key/value heads × head size].</summary>
    public abstract (Tensor Query, Tensor Key, Tensor Value) Apply(ForwardPass pass, Tensor x);
}

/// <summary>Three matrices.</summary>
internal sealed class SeparateQueryKeyValue(Projection query, Projection key, Projection value) : QueryKeyValue
{
    /// <inheritdoc/>
    public override (Tensor Query, Tensor Key, Tensor Value) Apply(ForwardPass pass, Tensor x) =>
        (query.Apply(pass, x), key.Apply(pass, x), value.Apply(pass, x));
}

/// <summary>One matrix whose rows are, in each of its groups, those of queries, then of keys, then of values.</summary>
/// <param name="fused">The matrix.</param>
/// <param name="groups">1 for three blocks one after the other; the number of heads where each head has its own three.</param>
/// <param name="queries">Queries of a group.</param>
/// <param name="keys">Keys of a group, and values.</param>
internal sealed class FusedQueryKeyValue(Projection fused, int groups, int queries, int keys) : QueryKeyValue
{
    /// <inheritdoc/>
    public override (Tensor Query, Tensor Key, Tensor Value) Apply(ForwardPass pass, Tensor x)
    {
        using Tensor all = fused.Apply(pass, x);
        using Tensor grouped = all.Reshape(new TensorShape(all.Shape.Rows * groups, queries + 2 * keys));
        int rows = all.Shape.Rows;
        return (Part(0, queries), Part(queries, keys), Part(queries + keys, keys));

        Tensor Part(int start, int count)
        {
            using Tensor part = pass.Ops.Columns(grouped, start, count);
            return part.Reshape(new TensorShape(rows, groups * count));
        }
    }
}
