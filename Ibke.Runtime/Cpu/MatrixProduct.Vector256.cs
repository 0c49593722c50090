using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ibke.Runtime.Cpu;

/// <content>AVX2: tiles of 6 × 16, and of 2 × 16 for the rest of the rows.</content>
internal static unsafe partial class MatrixProduct
{
    /// <summary>C[6, 16] += A[6, depth] B[depth, 16], in 12 registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Vector256Tile6<TElement>(float* a, nint aRow, nint aDepth, byte* b, int depth, float* c, int cStride)
        where TElement : struct, IStoredElement
    {
        Vector256<float> c0Left = default, c0Right = default;
        Vector256<float> c1Left = default, c1Right = default;
        Vector256<float> c2Left = default, c2Right = default;
        Vector256<float> c3Left = default, c3Right = default;
        Vector256<float> c4Left = default, c4Right = default;
        Vector256<float> c5Left = default, c5Right = default;
        float* a3 = a + (3 * aRow);
        nint twoRows = 2 * aRow;
        for (int i = 0; i < depth; i++)
        {
            Vector256<float> left = TElement.Load256(b);
            Vector256<float> right = TElement.Load256(b + 8 * TElement.Size);
            Vector256<float> factor = Vector256.Create(a[0]);
            c0Left = Vector256.MultiplyAddEstimate(factor, left, c0Left);
            c0Right = Vector256.MultiplyAddEstimate(factor, right, c0Right);
            factor = Vector256.Create(a[aRow]);
            c1Left = Vector256.MultiplyAddEstimate(factor, left, c1Left);
            c1Right = Vector256.MultiplyAddEstimate(factor, right, c1Right);
            factor = Vector256.Create(a[twoRows]);
            c2Left = Vector256.MultiplyAddEstimate(factor, left, c2Left);
            c2Right = Vector256.MultiplyAddEstimate(factor, right, c2Right);
            factor = Vector256.Create(a3[0]);
            c3Left = Vector256.MultiplyAddEstimate(factor, left, c3Left);
            c3Right = Vector256.MultiplyAddEstimate(factor, right, c3Right);
            factor = Vector256.Create(a3[aRow]);
            c4Left = Vector256.MultiplyAddEstimate(factor, left, c4Left);
            c4Right = Vector256.MultiplyAddEstimate(factor, right, c4Right);
            factor = Vector256.Create(a3[twoRows]);
            c5Left = Vector256.MultiplyAddEstimate(factor, left, c5Left);
            c5Right = Vector256.MultiplyAddEstimate(factor, right, c5Right);
            b += 16 * TElement.Size;
            a += aDepth;
            a3 += aDepth;
        }

        Vector256Add(c0Left, c0Right, c);
        Vector256Add(c1Left, c1Right, c + cStride);
        Vector256Add(c2Left, c2Right, c + 2L * cStride);
        Vector256Add(c3Left, c3Right, c + 3L * cStride);
        Vector256Add(c4Left, c4Right, c + 4L * cStride);
        Vector256Add(c5Left, c5Right, c + 5L * cStride);
    }

    /// <summary>C[2, 16] += A[2, depth] B[depth, 16], in 4 registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Vector256Tile2<TElement>(float* a, nint aRow, nint aDepth, byte* b, int depth, float* c, int cStride)
        where TElement : struct, IStoredElement
    {
        Vector256<float> c0Left = default, c0Right = default;
        Vector256<float> c1Left = default, c1Right = default;
        for (int i = 0; i < depth; i++, a += aDepth)
        {
            Vector256<float> left = TElement.Load256(b);
            Vector256<float> right = TElement.Load256(b + 8 * TElement.Size);
            Vector256<float> factor = Vector256.Create(a[0]);
            c0Left = Vector256.MultiplyAddEstimate(factor, left, c0Left);
            c0Right = Vector256.MultiplyAddEstimate(factor, right, c0Right);
            factor = Vector256.Create(a[aRow]);
            c1Left = Vector256.MultiplyAddEstimate(factor, left, c1Left);
            c1Right = Vector256.MultiplyAddEstimate(factor, right, c1Right);
            b += 16 * TElement.Size;
        }

        Vector256Add(c0Left, c0Right, c);
        Vector256Add(c1Left, c1Right, c + cStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Vector256Add(Vector256<float> left, Vector256<float> right, float* c)
    {
        (Vector256.Load(c) + left).Store(c);
        (Vector256.Load(c + 8) + right).Store(c + 8);
    }

    /// <summary>Copies rows of adjacent panels apart, as float32. Row by row, for rows are far apart in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Vector256Widen<TElement>(byte* source, long rowBytes, int depth, int panels, float* destination, long stride)
        where TElement : struct, IStoredElement
    {
        for (int i = 0; i < depth; i++)
        {
            byte* from = source;
            float* to = destination;
            for (int p = 0; p < panels; p++)
            {
                TElement.Load256(from).Store(to);
                TElement.Load256(from + 8 * TElement.Size).Store(to + 8);
                from += 16 * TElement.Size;
                to += stride;
            }

            source += rowBytes;
            destination += 16;
        }
    }
}
