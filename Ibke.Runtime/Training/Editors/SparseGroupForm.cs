using Ibke.Runtime.Editing;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Training.Editors;

/// <summary>The neurons of a group are one block, those of the background another. Of the sparse form and of recall.</summary>
internal sealed class SparseGroupForm(Engine engine, NeuronForm form) : GroupForm
{
    /// <inheritdoc/>
    public override UpdateForm InUse(EditorNetwork network) => new SparseForm(engine, network.Space, form);

    /// <inheritdoc/>
    public override IReadOnlyList<NeuronBlock> Blocks(
        Operations ops,
        TensorScope scope,
        int layer,
        LayerRows group,
        IReadOnlyList<BankedEdit> background,
        IReadOnlyDictionary<string, Tensor> weights)
    {
        NeuronBlock own = new(form, group.Keys!, group.Thresholds, group.Values);
        return background.Count == 0 ? [own] : [own, Background(scope, layer, own, background)];
    }

    private NeuronBlock Background(TensorScope scope, int layer, NeuronBlock own, IReadOnlyList<BankedEdit> background)
    {
        int rows = background.Sum(edit => edit.Factors.Rows);
        return new NeuronBlock(
            form,
            Join(factors => factors.Keys, new TensorShape(rows, own.Keys.Shape.Columns)),
            Join(factors => factors.Thresholds, new TensorShape(rows)),
            Join(factors => factors.Values, new TensorShape(rows, own.Values.Shape.Columns)));

        Tensor Join(Func<EditFactors, IReadOnlyList<float[]>> part, TensorShape shape) =>
            scope.Keep(engine.Create(shape, BankedEdit.Join(background, edit => part(edit.Factors)[layer])));
    }
}
