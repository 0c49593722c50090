using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>
/// The MLP of a block as a whole: the place that edits act on. Whatever its inside, neurons of edits see what enters it and add to what
/// leaves it, before anything else is done with that.
/// </summary>
internal abstract class Mlp
{
    /// <summary>The MLP with the neurons of edits beside it, shown to the observer. [rows, hidden] → [rows, hidden].</summary>
    public Tensor Apply(ForwardPass pass, int layer, Tensor x)
    {
        Tensor output = Compute(pass, x);
        foreach (NeuronGroup group in pass.Version.Layer(layer))
        {
            using Tensor before = output;
            using Tensor added = pass.Ops.Neurons(x, group.Mean, group.Deviation, group.Blocks);
            output = pass.Ops.Add(before, added);
        }

        if (pass.Probes.Shifts?.GetValueOrDefault(layer) is { } shift)
        {
            using Tensor before = output;
            output = pass.Ops.Add(before, shift);
        }

        pass.Probes.Mlp?.Invoke(layer, x, output);
        return output;
    }

    /// <summary>The MLP itself.</summary>
    protected abstract Tensor Compute(ForwardPass pass, Tensor x);
}

/// <summary>down(activation(up(x))).</summary>
internal sealed class PlainMlp(Projection up, Projection down, Activation activation) : Mlp
{
    /// <inheritdoc/>
    protected override Tensor Compute(ForwardPass pass, Tensor x)
    {
        using Tensor inner = up.Apply(pass, x); // [rows, intermediate]
        using Tensor active = pass.Ops.Activate(inner, activation);
        return down.Apply(pass, active);
    }
}

/// <summary>down(activation(gate(x)) · up(x)).</summary>
internal sealed class GatedMlp(GatedProjections projections, Activation activation) : Mlp
{
    /// <inheritdoc/>
    protected override Tensor Compute(ForwardPass pass, Tensor x) => projections.Apply(pass, x, activation);
}
