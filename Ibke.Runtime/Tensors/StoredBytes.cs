using System.Buffers;

namespace Ibke.Runtime.Tensors;

/// <summary>Read-only bytes of any number, in memory or in a file. They can be read for as long as this object is referenced.</summary>
/// <remarks>Thread-safe. Bytes of a file take address space and memory only while they are pinned.</remarks>
public abstract unsafe class StoredBytes
{
    /// <summary>The number of bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Bytes in memory.</summary>
    public static implicit operator StoredBytes(byte[] bytes) => new MemoryBytes(bytes);

    /// <summary>Bytes in memory.</summary>
    public static implicit operator StoredBytes(ReadOnlyMemory<byte> bytes) => new MemoryBytes(bytes);

    /// <summary>Gives the address of the first byte. All bytes stay there until the handle is disposed; they must not be written.</summary>
    public abstract MemoryHandle Pin();

    /// <summary>Copies some of the bytes.</summary>
    /// <param name="offset">The first byte to copy.</param>
    /// <param name="destination">As many as it takes are copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer bytes than that.</exception>
    public void CopyTo(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - destination.Length);
        using MemoryHandle handle = Pin();
        new ReadOnlySpan<byte>((byte*)handle.Pointer + offset, destination.Length).CopyTo(destination);
    }

    /// <summary>Copies all bytes.</summary>
    /// <exception cref="InvalidOperationException">There are more than an array holds, about 2 GiB.</exception>
    public byte[] ToArray()
    {
        if (Length > Array.MaxLength)
        {
            throw new InvalidOperationException($"{Length} bytes are more than an array holds.");
        }

        byte[] bytes = new byte[Length];
        CopyTo(0, bytes);
        return bytes;
    }

    private sealed class MemoryBytes(ReadOnlyMemory<byte> memory) : StoredBytes
    {
        public override long Length => memory.Length;

        public override MemoryHandle Pin() => memory.Pin();
    }
}
