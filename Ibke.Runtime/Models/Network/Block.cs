using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>One block of a transformer: attention and MLP as branches of the residual stream.</summary>
/// <param name="layer">The number of the block.</param>
/// <param name="attention">The attention.</param>
/// <param name="mlp">The MLP.</param>
/// <param name="attentionNorms">The norms around attention.</param>
/// <param name="mlpNorms">The norms around the MLP.</param>
/// <param name="parallel">Whether both branches start from the same stream, rather than one after the other.</param>
/// <param name="residualScale">Factor of what a branch adds to the stream.</param>
internal sealed class Block(
    int layer, Attention attention, Mlp mlp, BranchNorms attentionNorms, BranchNorms mlpNorms, bool parallel, float residualScale)
{
    /// <summary>[rows, hidden] → [rows, hidden].</summary>
    public Tensor Apply(ForwardPass pass, Tensor stream) => parallel ? InParallel(pass, stream) : InSequence(pass, stream);

    private Tensor InSequence(ForwardPass pass, Tensor stream)
    {
        using Tensor? attentionInput = attentionNorms.Input?.Apply(pass.Ops, stream);
        using Tensor attended = attention.Apply(pass, attentionInput ?? stream);
        using Tensor between = Join(pass.Ops, stream, attended, attentionNorms);
        using Tensor? mlpInput = mlpNorms.Input?.Apply(pass.Ops, between);
        using Tensor output = mlp.Apply(pass, layer, mlpInput ?? between);
        return Join(pass.Ops, between, output, mlpNorms);
    }

    private Tensor InParallel(ForwardPass pass, Tensor stream)
    {
        using Tensor? attentionInput = attentionNorms.Input?.Apply(pass.Ops, stream);
        using Tensor attended = attention.Apply(pass, attentionInput ?? stream);
        using Tensor? mlpInput = mlpNorms.Input?.Apply(pass.Ops, stream); // none where both share one norm
        using Tensor output = mlp.Apply(pass, layer, mlpInput ?? attentionInput ?? stream);
        using Tensor between = Join(pass.Ops, stream, attended, attentionNorms);
        return Join(pass.Ops, between, output, mlpNorms);
    }

    // Adds what a branch gave to the stream, with the norms and the factor that lie on the way.
    private Tensor Join(Operations ops, Tensor stream, Tensor branch, BranchNorms norms)
    {
        using Tensor? normed = norms.Output?.Apply(ops, branch);
        using Tensor? scaled = residualScale == 1 ? null : ops.Scale(normed ?? branch, residualScale);
        Tensor sum = ops.Add(stream, scaled ?? normed ?? branch);
        if (norms.Sum is null)
        {
            return sum;
        }

        using (sum)
        {
            return norms.Sum.Apply(ops, sum);
        }
    }
}

/// <summary>The norms around one branch; null for each that a family does not have.</summary>
/// <param name="Input">Of what enters the branch.</param>
/// <param name="Output">Of what it gives, before that is added to the stream.</param>
/// <param name="Sum">Of the stream after that.</param>
internal sealed record BranchNorms(Norm? Input, Norm? Output, Norm? Sum);
