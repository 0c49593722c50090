using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// Blocks of neurons side by side; neighbouring blocks of one form are one block. Many small blocks lie apart in memory, and reading them one after another
/// takes several times as long.
/// </summary>
internal sealed unsafe class NeuronCopy
{
    private readonly CpuStorage _values;

    /// <summary>Copies blocks of one key size and one value size.</summary>
    public NeuronCopy(IReadOnlyList<NeuronBlock> blocks, MemoryPool memory)
    {
        NeuronBlock[] all = [.. blocks];
        (KeySize, ValueSize) = (all[0].Keys.Shape.Columns, all[0].Values.Shape.Columns);
        long neurons = all.Sum(block => (long)block.Keys.Shape.Rows);
        _values = new CpuStorage(memory, neurons * (KeySize + ValueSize + 1L) * sizeof(float));
        float* free = (float*)_values.Pointer;
        List<NeuronPointers> runs = [];
        for (int from = 0; from < all.Length;)
        {
            int to = from + 1;
            while (to < all.Length && all[to].Form == all[from].Form)
            {
                to++;
            }

            runs.Add(Copy(all.AsSpan(from, to - from), ref free));
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
