namespace Ibke.Runtime.Cpu;

/// <summary>Blocks of neurons that answer together, counted through all of them.</summary>
internal readonly unsafe struct RecalledNeurons
{
    private readonly NeuronPointers* _blocks;

    /// <summary>Sets the sizes.</summary>
    /// <param name="blocks">[count].</param>
    /// <param name="count">The number of blocks.</param>
    /// <param name="keySize">Values of a key.</param>
    /// <param name="valueSize">Values of what a neuron adds.</param>
    public RecalledNeurons(NeuronPointers* blocks, int count, int keySize, int valueSize)
    {
        _blocks = blocks;
        (Blocks, KeySize, ValueSize) = (count, keySize, valueSize);
        for (int block = 0; block < count; block++)
        {
            Count = checked(Count + blocks[block].Count);
        }
    }

    /// <summary>The number of blocks.</summary>
    public int Blocks { get; }

    /// <summary>The number of neurons.</summary>
    public int Count { get; }

    /// <summary>Values of a key.</summary>
    public int KeySize { get; }

    /// <summary>Values of what a neuron adds.</summary>
    public int ValueSize { get; }

    /// <summary>One of the blocks.</summary>
    public NeuronPointers this[int block] => _blocks[block];
}
