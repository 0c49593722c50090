using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>MEND: a trained network turns the gradient of an edit into an update; those of several edits, each taken on the unedited model, add up.</summary>
/// <remarks>E. Mitchell et al., Fast Model Editing at Scale, arXiv 2110.11309. Tokens before the subject are left out.</remarks>
internal sealed class MendMethod(EditedModel model, MendNetwork network) : WeightMethod(model)
{
    /// <inheritdoc/>
    public override string Name => "mend";

    /// <inheritdoc/>
    protected override IReadOnlyList<MatrixDelta> Compute(IReadOnlyList<EditRequest> requests, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, Tensor> weights = network.Tensors();
        using TensorScope scope = new();
        foreach (Tensor weight in weights.Values)
        {
            scope.Keep(weight);
        }

        List<WeightEdit> parts = [];
        foreach (EditBatch batch in EditBatch.Split(requests.Select(Model.Texts.Create)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            MatrixFactors factors = MatrixFactors.Read(Model, network.Layers, batch, batch.NeuronRows);
            parts.Add(new WeightEdit(network.Update(Model.Ops, weights, factors)));
        }

        return [.. network.Matrices.Select(matrix => Sum([.. parts.Select(part => part.Deltas.First(delta => delta.Matrix == matrix))]))];
    }

    // Many tokens take fewer values as one dense matrix.
    private MatrixDelta Sum(IReadOnlyList<MatrixDelta> deltas)
    {
        MatrixDelta sum = new MatrixOverlay(deltas).Sum(Model.Ops);
        foreach (MatrixDelta delta in deltas.Where(delta => !ReferenceEquals(delta, sum)))
        {
            delta.Left.Dispose();
            delta.Right?.Dispose();
        }

        return sum;
    }
}
