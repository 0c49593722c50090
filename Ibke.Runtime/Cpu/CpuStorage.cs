using System.Buffers;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// Memory that several tensors may share. It goes back when the last of its holders has released it, or when the garbage collector finds it.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed unsafe class CpuStorage
{
    private static long _lastId;

    private readonly MemoryPool? _pool;
    private MemoryHandle _pinned;
    private int _holders = 1;
    private int _freed;
    private CpuStorage? _widened;
    private PackedWeight? _packed;

    /// <summary>Takes memory of any content from a pool.</summary>
    public CpuStorage(MemoryPool pool, long bytes)
    {
        Bytes = bytes;
        Pointer = pool.Rent(bytes);
        _pool = pool;
    }

    /// <summary>Pins memory that belongs to someone else, such as a mapped checkpoint.</summary>
    public CpuStorage(StoredBytes stored)
    {
        Bytes = stored.Length;
        _pinned = stored.Pin();
        Pointer = (byte*)_pinned.Pointer;
    }

    /// <summary>Returns the memory of tensors that were never disposed.</summary>
    ~CpuStorage() => Free();

    /// <summary>Unique among all storages of the process; survives the memory.</summary>
    public long Id { get; } = Interlocked.Increment(ref _lastId);

    /// <summary>The first byte.</summary>
    public byte* Pointer { get; }

    /// <summary>The number of bytes.</summary>
    public long Bytes { get; }

    /// <summary>Whether there is more than one holder.</summary>
    public bool IsShared => Volatile.Read(ref _holders) > 1;

    /// <summary>Adds a holder, unless the memory has already gone back.</summary>
    public bool TryHold()
    {
        int holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            int seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    /// <summary>Removes a holder. The last one gives the memory back.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            Free();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>The same values as float32, made at the first call and kept as long as this storage. The caller is a holder of this storage.</summary>
    public CpuStorage Widened(ElementType type, MemoryPool pool)
    {
        if (Volatile.Read(ref _widened) is { } known)
        {
            return known;
        }

        lock (this)
        {
            if (_widened is null)
            {
                long count = Bytes / type.Size();
                CpuStorage made = new(pool, count * sizeof(float));
                ElementConversion.Widen(Pointer, type, count, (float*)made.Pointer);
                Volatile.Write(ref _widened, made);
            }

            return _widened;
        }
    }

    /// <summary>The same values arranged for the matrix product, made at the first call and kept as long as this storage.</summary>
    /// <param name="fits">Whether an arrangement made before will do.</param>
    /// <param name="make">Arranges them.</param>
    public PackedWeight Packed(Func<PackedWeight, bool> fits, Func<PackedWeight> make)
    {
        if (Volatile.Read(ref _packed) is { } known && fits(known))
        {
            return known;
        }

        lock (this)
        {
            if (_packed is null || !fits(_packed))
            {
                // An arrangement for other sizes may still be in use; the garbage collector returns it.
                Volatile.Write(ref _packed, make());
            }

            return _packed;
        }
    }

    private void Free()
    {
        // The collector may have finalized this before the storage that owns it.
        if (Interlocked.Exchange(ref _freed, 1) != 0)
        {
            return;
        }

        _widened?.Release();
        _packed?.Release();
        if (_pool is not null)
        {
            _pool.Return(Pointer, Bytes);
        }
        else
        {
            _pinned.Dispose();
        }
    }
}
