using System.Buffers;
using System.Runtime.InteropServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>Turns a stored matrix [in, out] into [out, in], in the type that it is stored in.</summary>
internal static class StoredMatrix
{
    private const int Band = 32;

    /// <summary>A copy with rows and columns exchanged.</summary>
    /// <exception cref="NotSupportedException">The matrix has more than 2 GiB.</exception>
    public static unsafe StoredTensor Transpose(StoredTensor stored)
    {
        (int rows, int columns) = (stored.Shape[0], stored.Shape[1]);
        if (stored.Bytes.Length > Array.MaxLength)
        {
            throw new NotSupportedException($"{stored.Name} is stored as [in, out] and has {stored.Bytes.Length} bytes; over 2 GiB it must be stored as [out, in].");
        }

        byte[] turned = new byte[stored.Bytes.Length];
        using MemoryHandle handle = stored.Bytes.Pin();
        nint source = (nint)handle.Pointer;
        Parallel.For(0, (columns + Band - 1) / Band, band =>
        {
            int end = Math.Min(columns, (band + 1) * Band);
            if (stored.ElementType.Size() == sizeof(uint))
            {
                Transpose((uint*)source, rows, columns, band * Band, end, MemoryMarshal.Cast<byte, uint>(turned.AsSpan()));
            }
            else
            {
                Transpose((ushort*)source, rows, columns, band * Band, end, MemoryMarshal.Cast<byte, ushort>(turned.AsSpan()));
            }
        });
        return stored with { Shape = new TensorShape(columns, rows), Bytes = turned };
    }

    private static unsafe void Transpose<T>(T* source, int rows, int columns, int start, int end, Span<T> target)
        where T : unmanaged
    {
        for (int row = 0; row < rows; row++)
        {
            for (int column = start; column < end; column++)
            {
                target[column * rows + row] = source[(long)row * columns + column];
            }
        }
    }
}
