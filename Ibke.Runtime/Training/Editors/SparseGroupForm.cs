using Ibke.Runtime.Editing;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Training.Editors;

/// <summary>The neurons of a group are one block, those of the background another.</summary>
internal sealed class SparseGroupForm(Engine engine) : GroupForm
{
    /// <inheritdoc/>
    public override UpdateForm InUse(EditorNetwork network) => new SparseForm(engine, network.Normalization);

    /// <inheritdoc/>
    public override IReadOnlyList<NeuronBlock> Blocks(
        Operations ops,
        TensorScope scope,
        int layer,
        LayerRows group,
        IReadOnlyList<BankedEdit> background,
        IReadOnlyDictionary<string, Tensor> weights)
    {
        NeuronBlock own = new(NeuronForm.Sparse, group.Keys!, group.Thresholds, group.Values);
        return background.Count == 0 ? [own] : [own, Background(scope, layer, group.Values.Shape.Columns, background)];
    }

    private NeuronBlock Background(TensorScope scope, int layer, int hidden, IReadOnlyList<BankedEdit> background)
    {
        int rows = background.Sum(edit => edit.Factors.Rows);
        return new NeuronBlock(
            NeuronForm.Sparse,
            Join(factors => factors.Keys, new TensorShape(rows, hidden)),
            Join(factors => factors.Thresholds, new TensorShape(rows)),
            Join(factors => factors.Values, new TensorShape(rows, hidden)));

        Tensor Join(Func<EditFactors, IReadOnlyList<float[]>> part, TensorShape shape) =>
            scope.Keep(engine.Create(shape, BankedEdit.Join(background, edit => part(edit.Factors)[layer])));
    }
}
