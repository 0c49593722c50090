using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// Copies of neurons that are used again and again, all blocks of a list side by side: many small blocks lie apart in memory, and reading
/// them one after another takes several times as long. A copy goes with its list.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class NeuronCopies(MemoryPool memory)
{
    /// <summary>Calls with the same list after which it is copied: versions that are only judged never are.</summary>
    private const int CallsBeforeCopy = 32;

    private readonly ConditionalWeakTable<IReadOnlyList<NeuronBlock>, Entry> _entries = [];

    /// <summary>The copy of a list's blocks; null while there is none, or where the list holds others by now.</summary>
    public NeuronCopy? Known(IReadOnlyList<NeuronBlock> blocks) =>
        _entries.TryGetValue(blocks, out Entry? entry) && Volatile.Read(ref entry.Copy) is { } copy && copy.IsOf(blocks) ? copy : null;

    /// <summary>Counts a call with a list whose blocks fit each other and have no copy.</summary>
    /// <returns>The copy, where this was the call that it was made at.</returns>
    public NeuronCopy? Count(IReadOnlyList<NeuronBlock> blocks)
    {
        if (blocks.Count < 2)
        {
            return null;
        }

        Entry entry = _entries.GetOrCreateValue(blocks);
        if (Interlocked.Increment(ref entry.Calls) != CallsBeforeCopy)
        {
            return null;
        }

        NeuronCopy copy = new(blocks, memory);
        Volatile.Write(ref entry.Copy, copy);
        return copy;
    }

    private sealed class Entry
    {
        public int Calls;
        public NeuronCopy? Copy;
    }
}

/// <summary>Blocks of neurons side by side; neighbouring blocks of one form are one block.</summary>
internal sealed unsafe class NeuronCopy
{
    private readonly NeuronBlock[] _blocks;
    private readonly CpuStorage _values;

    /// <summary>Copies blocks of one key size and one value size.</summary>
    public NeuronCopy(IReadOnlyList<NeuronBlock> blocks, MemoryPool memory)
    {
        _blocks = [.. blocks];
        (KeySize, ValueSize) = (_blocks[0].Keys.Shape.Columns, _blocks[0].Values.Shape.Columns);
        long neurons = _blocks.Sum(block => (long)block.Keys.Shape.Rows);
        _values = new CpuStorage(memory, neurons * (KeySize + ValueSize + 1L) * sizeof(float));
        float* free = (float*)_values.Pointer;
        List<NeuronPointers> runs = [];
        for (int from = 0; from < _blocks.Length;)
        {
            int to = from + 1;
            while (to < _blocks.Length && _blocks[to].Form == _blocks[from].Form)
            {
                to++;
            }

            runs.Add(Copy(_blocks.AsSpan(from, to - from), ref free));
            from = to;
        }

        Runs = [.. runs];
    }

    /// <summary>Columns of the keys.</summary>
    public int KeySize { get; }

    /// <summary>Columns of the values.</summary>
    public int ValueSize { get; }

    /// <summary>The neurons in the order of the blocks. They stay for as long as this object is referenced.</summary>
    public NeuronPointers[] Runs { get; }

    /// <summary>Whether the list still holds the blocks that were copied.</summary>
    public bool IsOf(IReadOnlyList<NeuronBlock> blocks)
    {
        if (blocks.Count != _blocks.Length)
        {
            return false;
        }

        for (int i = 0; i < _blocks.Length; i++)
        {
            if (!ReferenceEquals(blocks[i], _blocks[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static NeuronPointers Copy(ReadOnlySpan<NeuronBlock> run, ref float* free)
    {
        int count = 0;
        foreach (NeuronBlock block in run)
        {
            count = checked(count + block.Keys.Shape.Rows);
        }

        float* keys = free;
        foreach (NeuronBlock block in run)
        {
            Copy(block.Keys, ref free);
        }

        float* thresholds = run[0].Form == NeuronForm.Linear ? null : free;
        foreach (NeuronBlock block in run)
        {
            if (block.Thresholds is { } own)
            {
                Copy(own, ref free);
            }
        }

        float* values = free;
        foreach (NeuronBlock block in run)
        {
            Copy(block.Values, ref free);
        }

        return new NeuronPointers(keys, thresholds, values, count);
    }

    private static void Copy(Tensor tensor, ref float* free)
    {
        tensor.CopyTo(new Span<float>(free, checked((int)tensor.Shape.Count)));
        free += tensor.Shape.Count;
    }
}
