using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>Attention and rotary embedding.</content>
internal sealed unsafe partial class CpuTape
{
    /// <inheritdoc/>
    public override Tensor Rotary(Tensor x, int headSize, RotaryFrequencies frequencies, IReadOnlyList<int> positions)
    {
        CpuTensor y = operations.Rotary(x, headSize, frequencies, positions);
        if (!Tracks(x))
        {
            return y;
        }

        int[] places = [.. positions];
        int columns = y.Shape.Columns;
        return Record(y, [Sizes(x)], step =>
        {
            fixed (int* pointer = places)
            {
                Cpu.Rotary.Backward(step.Workers, step.Upstream, pointer, places.Length, columns, headSize, frequencies, step.Place(0));
            }
        });
    }

    /// <inheritdoc/>
    public override Tensor Attention(
        Tensor queries, Tensor keys, Tensor values, AttentionShape shape, IReadOnlyList<SequenceRows> sequences, int layer)
    {
        bool recorded = Tracks(CpuOperations.Own(queries)) || Tracks(CpuOperations.Own(keys)) || Tracks(CpuOperations.Own(values));
        if (recorded && sequences.Any(sequence => sequence.Cache is not null))
        {
            throw new ArgumentException("Attention: a recorded attention takes no caches.", nameof(sequences));
        }

        CpuTensor y = operations.Attention(queries, keys, values, shape, sequences, layer);
        AttentionRows[] rows = [.. sequences.Select(sequence => new AttentionRows(sequence.Count, sequence.Count))];
        return Record(y, [Values(queries), Values(keys), Values(values)], step => CausalAttention.Backward(
            step.Workers, step.Values(0), step.Values(1), step.Values(2), step.Upstream, rows, shape, step.Place(0), step.Place(1), step.Place(2)));
    }
}
