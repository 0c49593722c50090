using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>Softmax and losses.</content>
internal sealed unsafe partial class CpuTape
{
    /// <inheritdoc/>
    public override Tensor Softmax(Tensor x)
    {
        CpuTensor y = operations.Softmax(x);
        (int rows, int columns) = (y.Shape.Rows, y.Shape.Columns);
        return Record(y, [Sizes(x), Values(y)], step =>
            Cpu.Softmax.Backward(step.Workers, step.Values(1), step.Upstream, rows, columns, step.Gradient(0)));
    }

    /// <inheritdoc/>
    public override Tensor CrossEntropy(Tensor logits, IReadOnlyList<int> targets, IReadOnlyList<float>? weights = null)
    {
        CpuTensor y = operations.CrossEntropy(logits, targets, weights);
        int[] wanted = [.. targets];
        float[]? factors = weights is null ? null : [.. weights];
        int columns = logits.Shape.Columns;
        return Record(y, [Values(logits)], step =>
        {
            fixed (int* pointer = wanted)
            fixed (float* factor = factors)
            {
                Cpu.CrossEntropy.Backward(step.Workers, step.Values(0), pointer, factor, wanted.Length, columns, *step.Upstream, step.Place(0));
            }
        });
    }

    /// <inheritdoc/>
    public override float[] TokenLosses(Tensor logits, IReadOnlyList<int> targets) => operations.TokenLosses(logits, targets);

    /// <inheritdoc/>
    public override Tensor KlDivergence(Tensor pLogits, Tensor qLogits, IReadOnlyList<float>? weights = null)
    {
        CpuTensor y = operations.KlDivergence(pLogits, qLogits, weights);
        float[]? factors = weights is null ? null : [.. weights];
        (int rows, int columns) = (pLogits.Shape.Rows, pLogits.Shape.Columns);
        return Record(y, [Values(pLogits), Values(qLogits)], step =>
        {
            fixed (float* factor = factors)
            {
                Cpu.KlDivergence.Backward(
                    step.Workers, step.Values(0), step.Values(1), factor, rows, columns, *step.Upstream, step.Gradient(0), step.Gradient(1));
            }
        });
    }
}
