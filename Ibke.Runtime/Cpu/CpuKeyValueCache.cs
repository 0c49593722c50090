using System.Runtime.InteropServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>Keys and values in blocks of <see cref="KeyValueBlock.Positions"/> positions, taken from the pool as positions are added.</summary>
internal sealed unsafe class CpuKeyValueCache : KeyValueCache
{
    private readonly MemoryPool _pool;
    // Set before the base constructor runs: the finalizer also comes when that one throws.
    private readonly List<nint>[] _blocks = [];

    /// <summary>Makes an empty cache.</summary>
    public CpuKeyValueCache(MemoryPool pool, int layers, int width, int capacity)
        : base(layers, width, capacity)
    {
        _pool = pool;
        List<nint>[] blocks = new List<nint>[layers];
        for (int layer = 0; layer < layers; layer++)
        {
            blocks[layer] = [];
        }

        _blocks = blocks;
    }

    /// <summary>Returns the memory of caches that were never disposed.</summary>
    ~CpuKeyValueCache() => Dispose(false);

    /// <inheritdoc/>
    public override long Bytes => _blocks.Sum(layer => (long)layer.Count) * BlockBytes;

    private long BlockBytes => (long)KeyValueBlock.Floats(Width) * sizeof(float);

    /// <summary>The blocks of a layer, enough for a number of positions. Valid until the next call.</summary>
    /// <exception cref="ObjectDisposedException">The cache has been disposed.</exception>
    public ReadOnlySpan<nint> Blocks(int layer, int positions)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        List<nint> blocks = _blocks[layer];
        while ((long)blocks.Count * KeyValueBlock.Positions < positions)
        {
            blocks.Add((nint)_pool.Rent(BlockBytes));
        }

        return CollectionsMarshal.AsSpan(blocks);
    }

    /// <inheritdoc/>
    public override KeyValueCache Fork(int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        CpuKeyValueCache copy = new(_pool, Layers, Width, Capacity);
        for (int layer = 0; layer < Layers; layer++)
        {
            ReadOnlySpan<nint> target = copy.Blocks(layer, length);
            for (int block = 0; block < target.Length; block++)
            {
                Buffer.MemoryCopy((void*)_blocks[layer][block], (void*)target[block], BlockBytes, BlockBytes);
            }
        }

        copy.Advance(length);
        return copy;
    }

    private bool _disposed;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (List<nint> layer in _blocks)
        {
            foreach (nint block in layer)
            {
                _pool.Return((byte*)block, BlockBytes);
            }

            layer.Clear();
        }
    }
}
