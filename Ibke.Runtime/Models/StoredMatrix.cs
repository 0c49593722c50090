using System.Runtime.InteropServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>Turns a stored matrix [in, out] into [out, in], in the type that it is stored in.</summary>
internal static class StoredMatrix
{
    private const int Band = 32;

    /// <summary>A copy with rows and columns exchanged.</summary>
    public static StoredTensor Transpose(StoredTensor stored)
    {
        (int rows, int columns) = (stored.Shape[0], stored.Shape[1]);
        byte[] turned = new byte[stored.Bytes.Length];
        Parallel.For(0, (columns + Band - 1) / Band, band =>
        {
            int end = Math.Min(columns, (band + 1) * Band);
            if (stored.ElementType.Size() == sizeof(uint))
            {
                Transpose<uint>(stored.Bytes.Span, rows, columns, band * Band, end, turned);
            }
            else
            {
                Transpose<ushort>(stored.Bytes.Span, rows, columns, band * Band, end, turned);
            }
        });
        return stored with { Shape = new TensorShape(columns, rows), Bytes = turned };
    }

    private static void Transpose<T>(ReadOnlySpan<byte> from, int rows, int columns, int start, int end, Span<byte> to)
        where T : unmanaged
    {
        ReadOnlySpan<T> source = MemoryMarshal.Cast<byte, T>(from);
        Span<T> target = MemoryMarshal.Cast<byte, T>(to);
        for (int row = 0; row < rows; row++)
        {
            for (int column = start; column < end; column++)
            {
                target[column * rows + row] = source[row * columns + column];
            }
        }
    }
}
