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
        List<NeuronGroup>? apart = null;
        foreach (NeuronGroup group in pass.Version.Layer(layer))
        {
            if (group.Rows is not null)
            {
                (apart ??= []).Add(group);
                continue;
            }

            using Tensor before = output;
            output = group.Space.Apply(pass.Ops, layer, x, group.Blocks, before);
        }

        if (apart is not null)
        {
            using Tensor before = output;
            using Tensor added = Apart(pass, layer, apart, x);
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

    // What neurons add that act on their own rows only; zero on all other rows.
    private static Tensor Apart(ForwardPass pass, int layer, List<NeuronGroup> groups, Tensor x)
    {
        Tensor[] parts = new Tensor[groups.Count], ones = new Tensor[groups.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            NeuronGroup group = groups[i];
            using Tensor own = pass.Ops.Rows(x, group.Rows!);
            parts[i] = group.Space.Apply(pass.Ops, layer, own, group.Blocks, output: null);
            ones[i] = pass.Engine.Create(new TensorShape(group.Rows!.Count, 1), Enumerable.Repeat(1f, group.Rows.Count).ToArray());
        }

        Tensor added = pass.Ops.ScatterRows(parts, ones, [.. groups.Select(group => group.Rows!)], x.Shape.Rows);
        Array.ForEach(parts, part => part.Dispose());
        Array.ForEach(ones, one => one.Dispose());
        return added;
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
