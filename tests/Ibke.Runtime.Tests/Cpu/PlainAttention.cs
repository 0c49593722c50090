using System.Runtime.InteropServices;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Cpu;

/// <summary>Causal attention of one sequence whose keys and values lie in plain rows.</summary>
internal static unsafe class PlainAttention
{
    public static void Forward(
        WorkerPool pool, float* queries, float* keys, float* values, int rows, int positions, AttentionShape shape, float* destination)
    {
        using KeyValueBlocks blocks = new(KeyValueBlock.Count(positions), shape.KeyValueHeads * shape.HeadSize);
        KeyValueBlock.Store(keys, values, positions, 0, shape.KeyValueHeads, shape.HeadSize, blocks.Pointer);
        CausalAttention.Forward(pool, queries, blocks.Pointer, [new(rows, positions)], shape, destination);
    }
}

/// <summary>Cache blocks filled with what is not a number: reading a position that was never stored would show.</summary>
internal sealed unsafe class KeyValueBlocks : IDisposable
{
    private readonly int _count;

    public KeyValueBlocks(int count, int width)
    {
        _count = count;
        Pointer = (float**)NativeMemory.Alloc((nuint)count, (nuint)sizeof(float*));
        for (int block = 0; block < count; block++)
        {
            int floats = (int)KeyValueBlock.Floats(width);
            Pointer[block] = (float*)NativeMemory.AlignedAlloc((nuint)floats * sizeof(float), 64);
            new Span<float>(Pointer[block], floats).Fill(float.NaN);
        }
    }

    public float** Pointer { get; }

    public void Dispose()
    {
        for (int block = 0; block < _count; block++)
        {
            NativeMemory.AlignedFree(Pointer[block]);
        }

        NativeMemory.Free(Pointer);
    }
}
