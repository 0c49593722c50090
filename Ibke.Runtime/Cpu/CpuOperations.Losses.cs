using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>Softmax and losses.</content>
internal sealed unsafe partial class CpuOperations
{
    /// <inheritdoc/>
    public override CpuTensor Softmax(Tensor x)
    {
        Require(x.Shape.Columns > 0, "rows must have values", x);
        using TensorReading xs = Read(x);
        CpuTensor y = Allocate(x.Shape);
        using TensorReading ys = Read(y);
        Cpu.Softmax.Forward(workers, xs.Values, x.Shape.Rows, x.Shape.Columns, ys.Values);
        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor CrossEntropy(Tensor logits, IReadOnlyList<int> targets)
    {
        int[] wanted = CheckTargets(logits, targets);
        using TensorReading xs = Read(logits);
        CpuTensor y = Allocate(new TensorShape(1));
        using TensorReading ys = Read(y);
        fixed (int* pointer = wanted)
        {
            Cpu.CrossEntropy.Forward(workers, xs.Values, pointer, wanted.Length, logits.Shape.Columns, ys.Values);
        }

        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor KlDivergence(Tensor pLogits, Tensor qLogits)
    {
        Require(pLogits.Shape == qLogits.Shape && pLogits.Shape.Count > 0, "both must have the same shape and values", pLogits, qLogits);
        using TensorReading p = Read(pLogits);
        using TensorReading q = Read(qLogits);
        CpuTensor y = Allocate(new TensorShape(1));
        using TensorReading ys = Read(y);
        Cpu.KlDivergence.Forward(workers, p.Values, q.Values, pLogits.Shape.Rows, pLogits.Shape.Columns, ys.Values);
        return y;
    }

    private static int[] CheckTargets(Tensor logits, IReadOnlyList<int> targets)
    {
        const string Operation = nameof(CrossEntropy);
        Require(targets.Count == logits.Shape.Rows, $"there must be a target for each row, there are {targets.Count}", logits, null, Operation);
        int[] wanted = [.. targets];
        foreach (int target in wanted)
        {
            Require(target < logits.Shape.Columns, $"target {target} must be within the vocabulary", logits, null, Operation);
        }

        Require(wanted.Any(target => target >= 0), "at least one target must count", logits, null, Operation);
        return wanted;
    }
}
