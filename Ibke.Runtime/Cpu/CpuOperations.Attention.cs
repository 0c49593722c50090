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
        AttentionRows[] rows = [.. sequences.Select(sequence => new AttentionRows(sequence.Count, sequence.Start + sequence.Count))];
        nint[] pointers = new nint[rows.Sum(sequence => KeyValueBlock.Count(sequence.Positions))];
        using CpuTensor? own = GatherBlocks(sequences, layer, keys.Shape.Columns, pointers);
        fixed (nint* first = pointers)
        {
            float** blocks = (float**)first;
            Store(k.Values, v.Values, rows, shape, blocks);
            CausalAttention.Forward(workers, q.Values, blocks, rows, shape, ys.Values);
        }

        GC.KeepAlive(sequences);
        return y;
    }

    /// <summary>Notes the blocks of all sequences: those of their caches, and new memory for those that have none.</summary>
    /// <returns>That memory.</returns>
    private CpuTensor? GatherBlocks(IReadOnlyList<SequenceRows> sequences, int layer, int width, Span<nint> pointers)
    {
        int floats = checked((int)KeyValueBlock.Floats(width));
        int count = sequences.Where(sequence => sequence.Cache is null).Sum(sequence => KeyValueBlock.Count(sequence.Count));
        CpuTensor? own = count == 0 ? null : Allocate(new TensorShape(count, floats));
        using TensorReading memory = Read(own);
        float* next = memory.Values;
        int at = 0;
        foreach (SequenceRows sequence in sequences)
        {
            int blocks = KeyValueBlock.Count(sequence.Start + sequence.Count);
            if (sequence.Cache is CpuKeyValueCache cache)
            {
                cache.Blocks(layer, sequence.Start + sequence.Count)[..blocks].CopyTo(pointers[at..]);
            }
            else
            {
                for (int block = 0; block < blocks; block++, next += floats)
                {
                    pointers[at + block] = (nint)next;
                }
            }

            at += blocks;
        }

        return own;
    }

    /// <summary>Writes the rows' keys and values into the blocks of their sequences.</summary>
    private void Store(float* keys, float* values, AttentionRows[] rows, AttentionShape shape, float** blocks)
    {
        (long Row, int Block)[] starts = new (long, int)[rows.Length];
        for (int i = 1; i < rows.Length; i++)
        {
            starts[i] = (starts[i - 1].Row + rows[i - 1].Rows, starts[i - 1].Block + KeyValueBlock.Count(rows[i - 1].Positions));
        }

        var state = (keys: (nint)keys, values: (nint)values, rows, starts, shape, blocks: (nint)blocks);
        workers.For(rows.Length, 1, state, static (s, from, to) =>
        {
            int width = s.shape.KeyValueHeads * s.shape.HeadSize;
            for (int i = from; i < to; i++)
            {
                (int count, int positions) = s.rows[i];
                long at = s.starts[i].Row * width;
                KeyValueBlock.Store(
                    (float*)s.keys + at, (float*)s.values + at, count, positions - count, s.shape.KeyValueHeads, s.shape.HeadSize,
                    (float**)s.blocks + s.starts[i].Block);
            }
        });
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
