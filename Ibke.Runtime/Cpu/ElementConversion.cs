using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>Stored values as float32. Exact: every float16 and bfloat16 value is a float32 value.</summary>
internal static unsafe class ElementConversion
{
    /// <summary>Widens <paramref name="count"/> values.</summary>
    public static void Widen(byte* source, ElementType type, long count, float* destination)
    {
        const int Block = 1 << 20;
        for (long done = 0; done < count; done += Block)
        {
            int length = (int)Math.Min(Block, count - done);
            Span<float> target = new(destination + done, length);
            switch (type)
            {
                case ElementType.Float32:
                    new ReadOnlySpan<float>(source + done * 4, length).CopyTo(target);
                    break;
                case ElementType.Float16:
                    TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(source + done * 2, length), target);
                    break;
                default:
                    WidenBFloat16(source + done * 2, length, destination + done);
                    break;
            }
        }
    }

    private static void WidenBFloat16(byte* source, int count, float* destination)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                StoredBFloat16.Load256(source + i * 2L).Store(destination + i);
            }
        }

        for (; i < count; i++)
        {
            destination[i] = StoredBFloat16.Load(source + i * 2L);
        }
    }
}
