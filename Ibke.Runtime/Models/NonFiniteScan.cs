using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>Looks for NaN and infinities in stored weights without widening them: all bits of the exponent are set.</summary>
internal static class NonFiniteScan
{
    /// <summary>The index of the first value that is not finite, or −1.</summary>
    public static unsafe long FirstIndex(StoredTensor tensor)
    {
        const int Chunk = 1 << 24;
        int size = tensor.ElementType.Size();
        using MemoryHandle handle = tensor.Bytes.Pin();
        for (long at = 0; at < tensor.Bytes.Length; at += Chunk)
        {
            ReadOnlySpan<byte> bytes = new((byte*)handle.Pointer + at, (int)Math.Min(Chunk, tensor.Bytes.Length - at));
            int index = tensor.ElementType switch
            {
                ElementType.Float32 => FirstIndex(MemoryMarshal.Cast<byte, uint>(bytes), 0x7F80_0000u),
                ElementType.Float16 => FirstIndex(MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7C00),
                _ => FirstIndex(MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7F80),
            };
            if (index >= 0)
            {
                return at / size + index;
            }
        }

        return -1;
    }

    private static int FirstIndex<T>(ReadOnlySpan<T> values, T exponent)
        where T : struct, IBinaryInteger<T>
    {
        Vector<T> mask = new(exponent);
        int i = 0;
        for (; i <= values.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            if (Vector.EqualsAny(new Vector<T>(values[i..]) & mask, mask))
            {
                break;
            }
        }

        for (; i < values.Length; i++)
        {
            if ((values[i] & exponent) == exponent)
            {
                return i;
            }
        }

        return -1;
    }
}
