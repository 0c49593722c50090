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
    public override Tensor CrossEntropy(Tensor logits, IReadOnlyList<int> targets)
    {
        CpuTensor y = operations.CrossEntropy(logits, targets);
        int[] wanted = [.. targets];
        int columns = logits.Shape.Columns;
        return Record(y, [Values(logits)], step =>
        {
            fixed (int* pointer = wanted)
            {
                Cpu.CrossEntropy.Backward(step.Workers, step.Values(0), pointer, wanted.Length, columns, *step.Upstream, step.Gradient(0));
            }
        });
    }

    /// <inheritdoc/>
    public override Tensor KlDivergence(Tensor pLogits, Tensor qLogits)
    {
        CpuTensor y = operations.KlDivergence(pLogits, qLogits);
        (int rows, int columns) = (pLogits.Shape.Rows, pLogits.Shape.Columns);
        return Record(y, [Values(pLogits), Values(qLogits)], step => Cpu.KlDivergence.Backward(
            step.Workers, step.Values(0), step.Values(1), rows, columns, *step.Upstream, step.Gradient(0), step.Gradient(1)));
    }
}
