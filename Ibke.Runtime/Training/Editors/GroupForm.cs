using Ibke.Runtime.Editing;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Optimizers;

namespace Ibke.Runtime.Training.Editors;

/// <summary>
/// How the rows that the network made become neurons in force together, in operations that gradients flow back through; the counterpart of
/// <see cref="UpdateForm"/> in training.
/// </summary>
internal abstract class GroupForm
{
    /// <summary>What is trained beside the network's weights.</summary>
    public virtual IReadOnlyList<TrainableParameter> Parameters => [];

    /// <summary>What an editor's file holds beside the network's weights and statistics: names, shapes and values.</summary>
    public virtual IEnumerable<(string Name, TensorShape Shape, float[] Values)> Stored => [];

    /// <summary>The form in use, with the present values.</summary>
    public abstract UpdateForm InUse(EditorNetwork network);

    /// <summary>The neurons of one layer.</summary>
    /// <param name="ops">The tape.</param>
    /// <param name="scope">Takes over the tensors that are made.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="group">The rows of all edits of the group in this layer.</param>
    /// <param name="background">Edits of earlier steps that are in force too.</param>
    /// <param name="weights">The tensors of all that is trained, by name.</param>
    public abstract IReadOnlyList<NeuronBlock> Blocks(
        Operations ops,
        TensorScope scope,
        int layer,
        LayerRows group,
        IReadOnlyList<BankedEdit> background,
        IReadOnlyDictionary<string, Tensor> weights);
}

/// <summary>What the network made for one layer.</summary>
/// <param name="Inputs">[rows, hidden size]: the inputs x of the MLP.</param>
/// <param name="Values">[rows, hidden size].</param>
/// <param name="Keys">[rows, hidden size]; null in the linear form.</param>
/// <param name="Thresholds">[rows]; null in the linear form.</param>
internal sealed record LayerRows(float[] Inputs, Tensor Values, Tensor? Keys, Tensor? Thresholds);
