using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>Attention and rotary embedding.</content>
internal sealed unsafe partial class CpuOperations
{
    /// <inheritdoc/>
    public override CpuTensor Rotary(Tensor x, int headSize, RotaryFrequencies frequencies, IReadOnlyList<int> positions)
    {
        int[] places = CheckRotary(x, headSize, frequencies, positions);
        using TensorReading xs = Read(x);
        CpuTensor y = Allocate(x.Shape);
        using TensorReading ys = Read(y);
        fixed (int* pointer = places)
        {
            Cpu.Rotary.Forward(workers, xs.Values, pointer, places.Length, x.Shape.Columns, headSize, frequencies, ys.Values);
        }

        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor Attention(
        Tensor queries, Tensor keys, Tensor values, AttentionShape shape, IReadOnlyList<SequenceRows> sequences, int layer)
    {
        CheckAttention(queries, keys, values, shape, sequences, layer);
        using TensorReading q = Read(queries);
        using TensorReading k = Read(keys);
        using TensorReading v = Read(values);
        CpuTensor y = Allocate(queries.Shape);
        using TensorReading ys = Read(y);
        (int width, int keyWidth) = (queries.Shape.Columns, keys.Shape.Columns);
        long row = 0;
        foreach (SequenceRows sequence in sequences)
        {
            float* qs = q.Values + row * width;
            float* ks = k.Values + row * keyWidth;
            float* vs = v.Values + row * keyWidth;
            float* destination = ys.Values + row * width;
            if (sequence.Cache is CpuKeyValueCache cache)
            {
                AttendCached(cache, layer, shape, qs, ks, vs, sequence.Count, destination);
            }
            else
            {
                CausalAttention.Forward(workers, qs, ks, vs, sequence.Count, sequence.Count, shape, destination);
            }

            row += sequence.Count;
        }

        return y;
    }

    private void AttendCached(
        CpuKeyValueCache cache, int layer, AttentionShape shape, float* queries, float* keys, float* values, int count, float* destination)
    {
        int positions = cache.Length + count;
        fixed (nint* pointers = cache.Blocks(layer, positions))
        {
            float** blocks = (float**)pointers;
            KeyValueBlock.Store(keys, values, count, cache.Length, shape.KeyValueHeads, shape.HeadSize, blocks);
            CausalAttention.Forward(workers, queries, blocks, count, positions, shape, destination);
        }

        GC.KeepAlive(cache);
    }

    /// <summary>The positions as an array, after all arguments have been checked.</summary>
    internal static int[] CheckRotary(Tensor x, int headSize, RotaryFrequencies frequencies, IReadOnlyList<int> positions)
    {
        const string Operation = nameof(Rotary);
        Require(headSize > 0 && x.Shape.Columns % headSize == 0, $"columns must be a multiple of the head size {headSize}", x, null, Operation);
        Require(
            frequencies.InverseFrequencies.Count * 2 <= headSize,
            $"{frequencies.InverseFrequencies.Count} pairs must fit into the head size {headSize}", x, null, Operation);
        Require(positions.Count == x.Shape.Rows, $"there must be a position for each row, there are {positions.Count}", x, null, Operation);
        int[] places = [.. positions];
        foreach (int position in places)
        {
            if (position < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(positions), position, $"{Operation}: positions count from 0.");
            }
        }

        return places;
    }

    private static void CheckAttention(
        Tensor queries, Tensor keys, Tensor values, AttentionShape shape, IReadOnlyList<SequenceRows> sequences, int layer)
    {
        const string Operation = nameof(Attention);
        int rows = queries.Shape.Rows;
        bool heads = shape.Heads > 0 && shape.KeyValueHeads > 0 && shape.HeadSize > 0 && shape.Heads % shape.KeyValueHeads == 0 && shape.Window is null or > 0;
        if (!heads)
        {
            throw new ArgumentException($"{Operation}: {shape} is not possible.", nameof(shape));
        }

        int width = shape.KeyValueHeads * shape.HeadSize;
        Require(queries.Shape.Columns == shape.Heads * shape.HeadSize, $"queries must have {shape.Heads} × {shape.HeadSize} columns", queries, null, Operation);
        Require(keys.Shape.Columns == width && keys.Shape.Rows == rows, $"keys must have the queries' rows and {width} columns", queries, keys, Operation);
        Require(values.Shape.Columns == width && values.Shape.Rows == rows, $"values must have the queries' rows and {width} columns", queries, values, Operation);

        long counted = 0;
        HashSet<KeyValueCache> caches = [];
        foreach (SequenceRows sequence in sequences)
        {
            Require(sequence.Count > 0, "every sequence must have rows", queries, null, Operation);
            counted += sequence.Count;
            if (sequence.Cache is { } cache)
            {
                CheckCache(cache, sequence.Count, width, layer);
                Require(caches.Add(cache), "a cache may serve one sequence only", queries, null, Operation);
            }
        }

        Require(counted == rows, $"sequences must cover all rows, they cover {counted}", queries, null, Operation);
    }

    private static void CheckCache(KeyValueCache cache, int count, int width, int layer)
    {
        const string Operation = nameof(Attention);
        if (cache is not CpuKeyValueCache)
        {
            throw new ArgumentException($"{Operation}: the cache belongs to another engine.");
        }

        if (cache.Width != width || (uint)layer >= (uint)cache.Layers)
        {
            throw new ArgumentException(
                $"{Operation}: the cache has {cache.Layers} layers of width {cache.Width}, asked for is layer {layer} of width {width}.");
        }

        if (count > cache.Capacity - cache.Length)
        {
            throw new ArgumentException(
                $"{Operation}: the cache holds {cache.Length} of at most {cache.Capacity} positions, {count} more do not fit.");
        }
    }
}
