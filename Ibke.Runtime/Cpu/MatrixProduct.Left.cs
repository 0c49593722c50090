using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
                int present = Math.Min(width, Rows - start);
                Transposition.Pack(source, RowStride, present, Depth, target, width);
                for (long i = 0; i < Depth && present < width; i++)
                {
                    new Span<float>(target + (i * width) + present, width - present).Clear();
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
