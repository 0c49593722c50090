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
        int[] counts = [.. sequences.Select(sequence => sequence.Count)];
        (int width, int keyWidth) = (queries.Shape.Columns, keys.Shape.Columns);
        return Record(y, [Values(queries), Values(keys), Values(values)], step =>
        {
            float* q = step.Gradient(0);
            float* k = step.Gradient(1);
            float* v = step.Gradient(2);
            long row = 0;
            foreach (int count in counts)
            {
                (long at, long keyAt) = (row * width, row * keyWidth);
                CausalAttention.Backward(
                    step.Workers, step.Values(0) + at, step.Values(1) + keyAt, step.Values(2) + keyAt, step.Upstream + at, count, count, shape,
                    q == null ? null : q + at, k == null ? null : k + keyAt, v == null ? null : v + keyAt);
                row += count;
            }
        });
    }
}
