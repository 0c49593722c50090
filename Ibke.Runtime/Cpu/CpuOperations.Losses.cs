using System.Runtime.CompilerServices;
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
    public override CpuTensor CrossEntropy(Tensor logits, IReadOnlyList<int> targets, IReadOnlyList<float>? weights = null)
    {
        int[] wanted = CheckTargets(logits, targets, weights is null);
        float[]? factors = CheckWeights(logits, weights);
        using TensorReading xs = Read(logits);
        CpuTensor y = Allocate(new TensorShape(1));
        using TensorReading ys = Read(y);
        fixed (int* pointer = wanted)
        fixed (float* factor = factors)
        {
            Cpu.CrossEntropy.Forward(workers, xs.Values, pointer, factor, wanted.Length, logits.Shape.Columns, ys.Values);
        }

        return y;
    }

    /// <inheritdoc/>
    public override float[] TokenLosses(Tensor logits, IReadOnlyList<int> targets)
    {
        int[] wanted = CheckTargets(logits, targets, false);
        using TensorReading xs = Read(logits);
        float[] losses = new float[wanted.Length];
        fixed (int* pointer = wanted)
        fixed (float* destination = losses)
        {
            Cpu.CrossEntropy.Rows(workers, xs.Values, pointer, wanted.Length, logits.Shape.Columns, destination);
        }

        return losses;
    }

    /// <inheritdoc/>
    public override CpuTensor KlDivergence(Tensor pLogits, Tensor qLogits, IReadOnlyList<float>? weights = null)
    {
        Require(pLogits.Shape == qLogits.Shape && pLogits.Shape.Count > 0, "both must have the same shape and values", pLogits, qLogits);
        float[]? factors = CheckWeights(pLogits, weights);
        using TensorReading p = Read(pLogits);
        using TensorReading q = Read(qLogits);
        CpuTensor y = Allocate(new TensorShape(1));
        using TensorReading ys = Read(y);
        fixed (float* factor = factors)
        {
            Cpu.KlDivergence.Forward(workers, p.Values, q.Values, factor, pLogits.Shape.Rows, pLogits.Shape.Columns, ys.Values);
        }

        return y;
    }

    private static int[] CheckTargets(Tensor logits, IReadOnlyList<int> targets, bool someCount, [CallerMemberName] string operation = "")
    {
        ArgumentNullException.ThrowIfNull(targets);
        Require(targets.Count == logits.Shape.Rows, $"there must be a target for each row, there are {targets.Count}", logits, null, operation);
        int[] wanted = [.. targets];
        foreach (int target in wanted)
        {
            Require(target < logits.Shape.Columns, $"target {target} must be within the vocabulary", logits, null, operation);
        }

        Require(!someCount || wanted.Any(target => target >= 0), "at least one target must count", logits, null, operation);
        return wanted;
    }

    private static float[]? CheckWeights(Tensor logits, IReadOnlyList<float>? weights, [CallerMemberName] string operation = "")
    {
        if (weights is null)
        {
            return null;
        }

        Require(weights.Count == logits.Shape.Rows, $"there must be a weight for each row, there are {weights.Count}", logits, null, operation);
        float[] factors = [.. weights];
        Require(factors.All(float.IsFinite), "weights must be finite numbers", logits, null, operation);
        return factors;
    }
}
