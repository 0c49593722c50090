using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>What an operation read.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Kept">Whether the gradient needs its values, rather than its sizes alone.</param>
internal readonly record struct Operand(Tensor Tensor, bool Kept);

/// <summary>One operation on a tape: what it read, what it made, and how its gradients are computed.</summary>
internal sealed class RecordedOperation : IDisposable
{
    private readonly Action<BackwardStep> _backward;

    /// <summary>Holds the values that the gradients need.</summary>
    public RecordedOperation(CpuTensor result, ReadOnlySpan<Operand> operands, Action<BackwardStep> backward)
    {
        Result = result.StorageId;
        Inputs = new RecordedInput[operands.Length];
        _backward = backward;
        for (int i = 0; i < operands.Length; i++)
        {
            CpuTensor tensor = (CpuTensor)operands[i].Tensor;
            Inputs[i] = new RecordedInput(tensor.StorageId, tensor.Shape, tensor.ElementType, operands[i].Kept ? tensor.Hold() : null);
        }
    }

    /// <summary>The storage of the result.</summary>
    public long Result { get; }

    /// <summary>What was read.</summary>
    public RecordedInput[] Inputs { get; }

    /// <summary>Adds to the sums of all inputs that lead to a source.</summary>
    public void Backward(CpuOperations operations, GradientSums sums, IReadOnlySet<long> wanted)
    {
        using BackwardStep step = new(this, operations, sums, wanted);
        _backward(step);
    }

    /// <summary>Lets go of the values.</summary>
    public void Dispose()
    {
        foreach (RecordedInput input in Inputs)
        {
            input.Stored?.Release();
        }
    }
}

/// <summary>One thing an operation read.</summary>
/// <param name="Id">Its storage.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="ElementType">How its values are stored.</param>
/// <param name="Stored">Its values, held; null where the gradients do not need them.</param>
internal sealed record RecordedInput(long Id, TensorShape Shape, ElementType ElementType, CpuStorage? Stored);
