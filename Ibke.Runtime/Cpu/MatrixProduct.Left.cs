using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ibke.Runtime.Cpu;

/// <content>The arrangement of the left factor.</content>
internal static unsafe partial class MatrixProduct
{
    /// <summary>Rows of a transposed A that are read for one tile after the other: few enough to stay in the second cache.</summary>
    private const int Strip = 64;

    /// <summary>Arranges A tile by tile, each [depth, rows of the tile], with zeros for rows beyond the last.</summary>
    private static void PackLeft(
        WorkerPool pool, TileShape tile, float* a, int aRowStride, int aDepthStride, int rows, int depth, float* destination)
    {
        LeftPacking packing = new(tile, (nint)a, aRowStride, aDepthStride, rows, depth, (nint)destination);
        int grain = Math.Max(1, (1 << 15) / Math.Max(1, tile.Rows * depth));
        pool.For(tile.TileCount(rows), grain, packing, aRowStride == 1
            ? static (packing, from, to) => packing.FromColumns(from, to)
            : static (packing, from, to) => packing.FromRows(from, to));
    }

    private readonly record struct LeftPacking(TileShape Tile, nint A, int RowStride, int DepthStride, int Rows, int Depth, nint Destination)
    {
        /// <summary>A lies row by row: tiles are transposed.</summary>
        public void FromRows(int from, int to)
        {
            for (int index = from; index < to; index++)
            {
                int start = Tile.TileStart(index, Rows);
                int width = Tile.TileRows(index, Rows);
                float* target = (float*)Destination + ((long)start * Depth);
                float* source = (float*)A + ((long)start * RowStride);
                int row = 0;
                if (DepthStride == 1)
                {
                    for (; row <= Math.Min(width, Rows - start) - 4; row += 4)
                    {
                        TransposeFour(source + ((long)row * RowStride), RowStride, Depth, target + row, width);
                    }
                }

                for (; row < width; row++)
                {
                    bool present = start + row < Rows;
                    for (int i = 0; i < Depth; i++)
                    {
                        target[((long)i * width) + row] = present ? source[((long)row * RowStride) + ((long)i * DepthStride)] : 0;
                    }
                }
            }
        }

        /// <summary>A lies column by column, as a transposed matrix does: the rows of a tile are neighbours already.</summary>
        public void FromColumns(int from, int to)
        {
            for (int strip = 0; strip < Depth; strip += Strip)
            {
                int count = Math.Min(Strip, Depth - strip);
                for (int index = from; index < to; index++)
                {
                    int start = Tile.TileStart(index, Rows);
                    int width = Tile.TileRows(index, Rows);
                    float* target = (float*)Destination + ((long)start * Depth) + ((long)strip * width);
                    float* source = (float*)A + ((long)strip * DepthStride) + start;
                    CopyColumns(source, DepthStride, Math.Min(width, Rows - start), count, target, width);
                }
            }
        }
    }

    /// <summary>target[i · stride + r] = source[r · sourceStride + i] for four rows r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeFour(float* source, long sourceStride, int count, float* target, int stride)
    {
        float* second = source + sourceStride;
        float* third = second + sourceStride;
        float* fourth = third + sourceStride;
        int i = 0;
        if (Sse.IsSupported)
        {
            for (; i <= count - 4; i += 4)
            {
                Vector128<float> a = Vector128.Load(source + i), b = Vector128.Load(second + i);
                Vector128<float> c = Vector128.Load(third + i), d = Vector128.Load(fourth + i);
                Vector128<float> lowAB = Sse.UnpackLow(a, b), lowCD = Sse.UnpackLow(c, d);
                Vector128<float> highAB = Sse.UnpackHigh(a, b), highCD = Sse.UnpackHigh(c, d);
                Sse.MoveLowToHigh(lowAB, lowCD).Store(target);
                Sse.MoveHighToLow(lowCD, lowAB).Store(target + stride);
                Sse.MoveLowToHigh(highAB, highCD).Store(target + (2 * stride));
                Sse.MoveHighToLow(highCD, highAB).Store(target + (3 * stride));
                target += 4 * stride;
            }
        }

        for (; i < count; i++, target += stride)
        {
            (target[0], target[1], target[2], target[3]) = (source[i], second[i], third[i], fourth[i]);
        }
    }

    /// <summary>target[i · width + r] = source[i · sourceStride + r] for present rows r, 0 for those up to the width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyColumns(float* source, long sourceStride, int present, int count, float* target, int width)
    {
        if (present == width && width % 4 == 0)
        {
            for (int i = 0; i < count; i++, source += sourceStride)
            {
                for (int row = 0; row < width; row += 4, target += 4)
                {
                    Vector128.Load(source + row).Store(target);
                }
            }

            return;
        }

        for (int i = 0; i < count; i++, source += sourceStride)
        {
            for (int row = 0; row < width; row++)
            {
                *target++ = row < present ? source[row] : 0;
            }
        }
    }
}
