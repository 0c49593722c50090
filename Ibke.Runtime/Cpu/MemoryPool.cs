using System.Numerics;
using System.Runtime.InteropServices;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// Native memory, aligned to 64 bytes, that is handed out again after it was returned. Sizes are rounded up to a quarter of a power of
/// two, so that a block fits again and at most a quarter of it is wasted.
/// </summary>
/// <remarks>Thread-safe. Blocks may be returned after disposal.</remarks>
internal sealed unsafe class MemoryPool : IDisposable
{
    private const int Alignment = 64;
    private const long SmallestBlock = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, Stack<nint>> _idle = [];
    private readonly long _mostIdleBytes;
    private long _idleBytes;
    private long _usedBytes;
    private bool _disposed;

    /// <summary>Makes an empty pool.</summary>
    /// <param name="mostIdleBytes">
    /// What is returned beyond this goes back to the operating system. Where it is not given, half a gigabyte or an eighth of the memory that the process
    /// may use, if that is more: a step of training returns all that it took, and the next one takes it again.
    /// </param>
    public MemoryPool(long? mostIdleBytes = null) =>
        _mostIdleBytes = mostIdleBytes ?? Math.Max(1L << 29, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8);

    /// <summary>Gives back to the operating system what a pool holds that was never disposed.</summary>
    ~MemoryPool() => FreeIdle();

    /// <summary>The bytes handed out and not yet returned, as rounded.</summary>
    public long UsedBytes => Interlocked.Read(ref _usedBytes);

    /// <summary>The bytes kept for the next who asks.</summary>
    public long IdleBytes => Interlocked.Read(ref _idleBytes);

    /// <summary>The size of the block that is handed out for a number of bytes.</summary>
    public static long BlockSize(long bytes)
    {
        if (bytes <= SmallestBlock)
        {
            return SmallestBlock;
        }

        long step = 1L << (BitOperations.Log2((ulong)(bytes - 1)) - 2);
        return (bytes + step - 1) / step * step;
    }

    /// <summary>Hands out at least <paramref name="bytes"/> bytes of any content.</summary>
    public byte* Rent(long bytes)
    {
        long size = BlockSize(bytes);
        lock (_lock)
        {
            _usedBytes += size;
            if (_idle.TryGetValue(size, out Stack<nint>? blocks) && blocks.TryPop(out nint block))
            {
                _idleBytes -= size;
                return (byte*)block;
            }
        }

        try
        {
            byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)size, Alignment);
            GC.AddMemoryPressure(size);
            return memory;
        }
        catch (OutOfMemoryException)
        {
            Interlocked.Add(ref _usedBytes, -size);
            throw;
        }
    }

    /// <summary>Takes a block back.</summary>
    /// <param name="memory">What <see cref="Rent"/> gave.</param>
    /// <param name="bytes">The bytes that were asked for.</param>
    public void Return(byte* memory, long bytes)
    {
        long size = BlockSize(bytes);
        lock (_lock)
        {
            _usedBytes -= size;
            if (!_disposed && _idleBytes + size <= _mostIdleBytes)
            {
                if (!_idle.TryGetValue(size, out Stack<nint>? blocks))
                {
                    _idle.Add(size, blocks = []);
                }

                blocks.Push((nint)memory);
                _idleBytes += size;
                return;
            }
        }

        Free((nint)memory, size);
    }

    /// <summary>Gives all idle memory back to the operating system; what is returned later follows at once.</summary>
    public void Dispose()
    {
        FreeIdle();
        GC.SuppressFinalize(this);
    }

    private static void Free(nint memory, long size)
    {
        NativeMemory.AlignedFree((void*)memory);
        GC.RemoveMemoryPressure(size);
    }

    private void FreeIdle()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach ((long size, Stack<nint> blocks) in _idle)
            {
                while (blocks.TryPop(out nint block))
                {
                    Free(block, size);
                }
            }

            _idle.Clear();
            _idleBytes = 0;
        }
    }
}
