using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>A norm over the last dimension, of the kind that all norms of a model have.</summary>
internal sealed class Norm(NormKind kind, float epsilon, Parameter weight, Parameter? bias)
{
    /// <summary>[rows, n] → [rows, n].</summary>
    public Tensor Apply(Operations ops, Tensor x) => kind switch
    {
        NormKind.Rms => ops.RmsNorm(x, weight.Stored, epsilon),
        NormKind.RmsPlusOne => ops.RmsNorm(x, weight.Stored, epsilon, plusOne: true),
        _ => ops.LayerNorm(x, weight.Stored, bias?.Stored, epsilon),
    };

    /// <summary>Norms every head on its own. [rows, heads × n] → the same.</summary>
    public Tensor ApplyToHeads(Operations ops, Tensor x)
    {
        int size = (int)weight.Shape.Count;
        using Tensor heads = x.Reshape(new TensorShape(x.Shape.Rows * (x.Shape.Columns / size), size));
        using Tensor normed = Apply(ops, heads);
        return normed.Reshape(x.Shape);
    }
}
