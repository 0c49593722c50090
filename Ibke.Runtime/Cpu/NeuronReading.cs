using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>Holds the values of neuron blocks for the length of a computation.</summary>
internal readonly unsafe ref struct NeuronReading
{
    private readonly List<CpuStorage> _held = [];
    private readonly NeuronCopy? _copy;

    /// <summary>Holds all tensors of the blocks, or none when one of them has been disposed; or else their copy.</summary>
    public NeuronReading(IReadOnlyList<NeuronBlock> blocks, NeuronCopy? copy, MemoryPool pool)
    {
        if (copy is not null)
        {
            _copy = copy;
            Blocks = copy.Runs;
            return;
        }

        try
        {
            Blocks = new NeuronPointers[blocks.Count];
            for (int i = 0; i < Blocks.Length; i++)
            {
                NeuronBlock block = blocks[i];
                float* thresholds = block.Thresholds is null ? null : Hold(block.Thresholds, pool);
                Blocks[i] = new NeuronPointers(Hold(block.Keys, pool), thresholds, Hold(block.Values, pool), block.Keys.Shape.Rows);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The values, in the order of the blocks.</summary>
    public NeuronPointers[] Blocks { get; } = [];

    /// <summary>Lets go.</summary>
    public void Dispose()
    {
        foreach (CpuStorage storage in _held)
        {
            storage.Release();
        }

        GC.KeepAlive(_copy);
    }

    private float* Hold(Tensor tensor, MemoryPool pool)
    {
        CpuTensor own = CpuOperations.Own(tensor, nameof(CpuOperations.Neurons));
        CpuStorage storage = own.Hold();
        _held.Add(storage);
        return (float*)(own.ElementType == ElementType.Float32 ? storage : storage.Widened(own.ElementType, pool)).Pointer;
    }
}
