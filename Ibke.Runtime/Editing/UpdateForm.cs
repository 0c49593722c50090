using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>How an editor's results become neurons beside the MLPs.</summary>
internal abstract class UpdateForm
{
    /// <summary>How the neurons answer to an input.</summary>
    public abstract NeuronForm Form { get; }

    /// <summary>The neurons of one edit that is alone in force.</summary>
    public abstract WeightEdit Alone(EditFactors factors);

    /// <summary>The neurons of edits that are in force together. The set decides the result, not the order.</summary>
    public abstract IReadOnlyList<WeightEdit> Together(IReadOnlyList<ComputedEdit> edits);

    /// <summary>An edit with neurons in each layer that a space is for.</summary>
    protected static WeightEdit Edit(NeuronSpace space, IEnumerable<NeuronBlock> blocks) =>
        new(space, [.. Enumerable.Repeat<NeuronBlock?>(null, space.FirstLayer), .. blocks]);
}
