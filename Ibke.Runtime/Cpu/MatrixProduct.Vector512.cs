using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ibke.Runtime.Cpu;

/// <content>AVX-512: tiles of 12 × 32, and of 4 × 32 for the rest of the rows.</content>
internal static unsafe partial class MatrixProduct
{
    /// <summary>C[12, 32] += A[12, depth] B[depth, 32], in 24 registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Vector512Tile12<TElement>(float* a, nint aRow, nint aDepth, byte* b, int depth, float* c, int cStride)
        where TElement : struct, IStoredElement
    {
        Vector512<float> c0Left = default, c0Right = default;
        Vector512<float> c1Left = default, c1Right = default;
        Vector512<float> c2Left = default, c2Right = default;
        Vector512<float> c3Left = default, c3Right = default;
        Vector512<float> c4Left = default, c4Right = default;
        Vector512<float> c5Left = default, c5Right = default;
        Vector512<float> c6Left = default, c6Right = default;
        Vector512<float> c7Left = default, c7Right = default;
        Vector512<float> c8Left = default, c8Right = default;
        Vector512<float> c9Left = default, c9Right = default;
        Vector512<float> c10Left = default, c10Right = default;
        Vector512<float> c11Left = default, c11Right = default;
        float* a3 = a + (3 * aRow), a6 = a3 + (3 * aRow), a9 = a6 + (3 * aRow);
        nint twoRows = 2 * aRow;
        for (int i = 0; i < depth; i++)
        {
            Vector512<float> left = TElement.Load512(b);
            Vector512<float> right = TElement.Load512(b + 16 * TElement.Size);
            Vector512<float> factor = Vector512.Create(a[0]);
            c0Left = Vector512.MultiplyAddEstimate(factor, left, c0Left);
            c0Right = Vector512.MultiplyAddEstimate(factor, right, c0Right);
            factor = Vector512.Create(a[aRow]);
            c1Left = Vector512.MultiplyAddEstimate(factor, left, c1Left);
            c1Right = Vector512.MultiplyAddEstimate(factor, right, c1Right);
            factor = Vector512.Create(a[twoRows]);
            c2Left = Vector512.MultiplyAddEstimate(factor, left, c2Left);
            c2Right = Vector512.MultiplyAddEstimate(factor, right, c2Right);
            factor = Vector512.Create(a3[0]);
            c3Left = Vector512.MultiplyAddEstimate(factor, left, c3Left);
            c3Right = Vector512.MultiplyAddEstimate(factor, right, c3Right);
            factor = Vector512.Create(a3[aRow]);
            c4Left = Vector512.MultiplyAddEstimate(factor, left, c4Left);
            c4Right = Vector512.MultiplyAddEstimate(factor, right, c4Right);
            factor = Vector512.Create(a3[twoRows]);
            c5Left = Vector512.MultiplyAddEstimate(factor, left, c5Left);
            c5Right = Vector512.MultiplyAddEstimate(factor, right, c5Right);
            factor = Vector512.Create(a6[0]);
            c6Left = Vector512.MultiplyAddEstimate(factor, left, c6Left);
            c6Right = Vector512.MultiplyAddEstimate(factor, right, c6Right);
            factor = Vector512.Create(a6[aRow]);
            c7Left = Vector512.MultiplyAddEstimate(factor, left, c7Left);
            c7Right = Vector512.MultiplyAddEstimate(factor, right, c7Right);
            factor = Vector512.Create(a6[twoRows]);
            c8Left = Vector512.MultiplyAddEstimate(factor, left, c8Left);
            c8Right = Vector512.MultiplyAddEstimate(factor, right, c8Right);
            factor = Vector512.Create(a9[0]);
            c9Left = Vector512.MultiplyAddEstimate(factor, left, c9Left);
            c9Right = Vector512.MultiplyAddEstimate(factor, right, c9Right);
            factor = Vector512.Create(a9[aRow]);
            c10Left = Vector512.MultiplyAddEstimate(factor, left, c10Left);
            c10Right = Vector512.MultiplyAddEstimate(factor, right, c10Right);
            factor = Vector512.Create(a9[twoRows]);
            c11Left = Vector512.MultiplyAddEstimate(factor, left, c11Left);
            c11Right = Vector512.MultiplyAddEstimate(factor, right, c11Right);
            b += 32 * TElement.Size;
            a += aDepth;
            a3 += aDepth;
            a6 += aDepth;
            a9 += aDepth;
        }

        Vector512Add(c0Left, c0Right, c);
        Vector512Add(c1Left, c1Right, c + cStride);
        Vector512Add(c2Left, c2Right, c + 2L * cStride);
        Vector512Add(c3Left, c3Right, c + 3L * cStride);
        Vector512Add(c4Left, c4Right, c + 4L * cStride);
        Vector512Add(c5Left, c5Right, c + 5L * cStride);
        Vector512Add(c6Left, c6Right, c + 6L * cStride);
        Vector512Add(c7Left, c7Right, c + 7L * cStride);
        Vector512Add(c8Left, c8Right, c + 8L * cStride);
        Vector512Add(c9Left, c9Right, c + 9L * cStride);
        Vector512Add(c10Left, c10Right, c + 10L * cStride);
        Vector512Add(c11Left, c11Right, c + 11L * cStride);
    }

    /// <summary>C[4, 32] += A[4, depth] B[depth, 32], in 8 registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Vector512Tile4<TElement>(float* a, nint aRow, nint aDepth, byte* b, int depth, float* c, int cStride)
        where TElement : struct, IStoredElement
    {
        Vector512<float> c0Left = default, c0Right = default;
        Vector512<float> c1Left = default, c1Right = default;
        Vector512<float> c2Left = default, c2Right = default;
        Vector512<float> c3Left = default, c3Right = default;
        float* a2 = a + (2 * aRow);
        for (int i = 0; i < depth; i++)
        {
            Vector512<float> left = TElement.Load512(b);
            Vector512<float> right = TElement.Load512(b + 16 * TElement.Size);
            Vector512<float> factor = Vector512.Create(a[0]);
            c0Left = Vector512.MultiplyAddEstimate(factor, left, c0Left);
            c0Right = Vector512.MultiplyAddEstimate(factor, right, c0Right);
            factor = Vector512.Create(a[aRow]);
            c1Left = Vector512.MultiplyAddEstimate(factor, left, c1Left);
            c1Right = Vector512.MultiplyAddEstimate(factor, right, c1Right);
            factor = Vector512.Create(a2[0]);
            c2Left = Vector512.MultiplyAddEstimate(factor, left, c2Left);
            c2Right = Vector512.MultiplyAddEstimate(factor, right, c2Right);
            factor = Vector512.Create(a2[aRow]);
            c3Left = Vector512.MultiplyAddEstimate(factor, left, c3Left);
            c3Right = Vector512.MultiplyAddEstimate(factor, right, c3Right);
            b += 32 * TElement.Size;
            a += aDepth;
            a2 += aDepth;
        }

        Vector512Add(c0Left, c0Right, c);
        Vector512Add(c1Left, c1Right, c + cStride);
        Vector512Add(c2Left, c2Right, c + 2L * cStride);
        Vector512Add(c3Left, c3Right, c + 3L * cStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Vector512Add(Vector512<float> left, Vector512<float> right, float* c)
    {
        (Vector512.Load(c) + left).Store(c);
        (Vector512.Load(c + 16) + right).Store(c + 16);
    }

    /// <summary>Copies rows of adjacent panels apart, as float32. Row by row, for rows are far apart in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Vector512Widen<TElement>(byte* source, long rowBytes, int depth, int panels, float* destination, long stride)
        where TElement : struct, IStoredElement
    {
        for (int i = 0; i < depth; i++)
        {
            byte* from = source;
            float* to = destination;
            for (int p = 0; p < panels; p++)
            {
                TElement.Load512(from).Store(to);
                TElement.Load512(from + 16 * TElement.Size).Store(to + 16);
                from += 32 * TElement.Size;
                to += stride;
            }

            source += rowBytes;
            destination += 32;
        }
    }
}
