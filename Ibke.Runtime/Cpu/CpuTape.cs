using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// Reverse mode: each operation is computed as without a tape and, where something watched leads to it, recorded with what its gradient needs.
/// Tensors are known by their storage, so views count as the tensor itself, and a tensor may be disposed before its gradient is asked for.
/// </summary>
internal sealed unsafe partial class CpuTape(CpuOperations operations) : GradientTape
{
    private readonly HashSet<long> _watched = [];
    private readonly HashSet<long> _tracked = [];
    private readonly List<RecordedOperation> _recorded = [];

    /// <inheritdoc/>
    public override void Watch(Tensor tensor)
    {
        long id = CpuOperations.Own(tensor).StorageId;
        if (tensor.ElementType == ElementType.Int8Block32)
        {
            throw new ArgumentException(
                $"Watch: a matrix of 8-bit blocks, {tensor.Shape}, has no gradient. Load the model with its weights as they are stored.", nameof(tensor));
        }

        _watched.Add(id);
        _tracked.Add(id);
    }

    /// <inheritdoc/>
    public override bool IsWatched(Tensor tensor) => _watched.Contains(CpuOperations.Own(tensor).StorageId);

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Gradients(Tensor loss, IReadOnlyList<Tensor> sources, float seed = 1)
    {
        long end = CpuOperations.Own(loss).StorageId;
        if (loss.Shape.Count != 1)
        {
            throw new ArgumentException($"Gradients: the loss must be one value, not {loss.Shape}.", nameof(loss));
        }

        if (!_tracked.Contains(end))
        {
            throw new ArgumentException("Gradients: the loss was not recorded on this tape, or depends on nothing that is watched.", nameof(loss));
        }

        long[] starts = [.. sources.Select(source => CpuOperations.Own(source).StorageId)];
        int unwatched = Array.FindIndex(starts, id => !_watched.Contains(id));
        if (unwatched >= 0)
        {
            throw new ArgumentException($"Gradients: source {unwatched}, {sources[unwatched].Shape}, is not watched.", nameof(sources));
        }

        using GradientSums sums = new(operations);
        *sums.Of(end, loss.Shape) = seed;
        Propagate(sums, [.. starts]);
        return [.. sources.Select((source, i) => sums.Copy(starts[i], source.Shape))];
    }

    /// <inheritdoc/>
    public override int[] ArgMax(Tensor x) => operations.ArgMax(x);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (RecordedOperation recorded in _recorded)
        {
            recorded.Dispose();
        }

        _recorded.Clear();
        _tracked.Clear();
        _watched.Clear();
    }

    private void Propagate(GradientSums sums, HashSet<long> starts)
    {
        HashSet<long> wanted = [.. starts];
        foreach (RecordedOperation recorded in _recorded)
        {
            if (recorded.Inputs.Any(input => wanted.Contains(input.Id)))
            {
                wanted.Add(recorded.Result);
            }
        }

        for (int i = _recorded.Count - 1; i >= 0; i--)
        {
            RecordedOperation recorded = _recorded[i];
            if (wanted.Contains(recorded.Result) && sums.Has(recorded.Result))
            {
                recorded.Backward(operations, sums, wanted);
                if (!starts.Contains(recorded.Result))
                {
                    sums.Remove(recorded.Result);
                }
            }
        }
    }

    private bool Tracks(Tensor tensor) => _tracked.Contains(((CpuTensor)tensor).StorageId);

    /// <summary>Notes an operation, if anything watched leads to it.</summary>
    /// <param name="result">What it made.</param>
    /// <param name="operands">What it read.</param>
    /// <param name="backward">Adds to the gradients of the operands; must not capture tensors.</param>
    /// <returns>The result.</returns>
    private CpuTensor Record(CpuTensor result, ReadOnlySpan<Operand> operands, Action<BackwardStep> backward)
    {
        foreach (Operand operand in operands)
        {
            if (Tracks(operand.Tensor))
            {
                _recorded.Add(new RecordedOperation(result, operands, backward));
                _tracked.Add(result.StorageId);
                break;
            }
        }

        return result;
    }

    /// <summary>An operand whose values the gradient needs.</summary>
    private static Operand Values(Tensor tensor) => new(tensor, true);

    /// <summary>An operand of which the gradient needs the sizes alone.</summary>
    private static Operand Sizes(Tensor tensor) => new(tensor, false);
}
