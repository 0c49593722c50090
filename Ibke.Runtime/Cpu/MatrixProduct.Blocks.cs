using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>One block of C on one thread.</content>
internal static unsafe partial class MatrixProduct
{
    /// <summary>The right factor, [depth, columns]: row-major, or in the panels of a <see cref="PackedWeight"/>.</summary>
    private readonly struct Right(byte* values, ElementType type, int depth, int columns, bool packed)
    {
        public byte* Values { get; } = values;

        public ElementType Type { get; } = type;

        public int Depth { get; } = depth;

        public int Columns { get; } = columns;

        public bool Packed { get; } = packed;
    }

    private sealed class Job(
        InstructionSet instructions, TileShape tile, MemoryPool memory, nint left, int rows, Right right, Blocks blocks, nint destination)
    {
        private readonly float* _left = (float*)left;
        private readonly float* _destination = (float*)destination;

        public void Run(int block)
        {
            // Neighbouring blocks share columns of B, which is the larger factor.
            int firstPanel = block / blocks.RowBlocks * blocks.PanelsPerBlock;
            int firstTile = block % blocks.RowBlocks * blocks.TilesPerBlock;
            int panels = Math.Min(blocks.PanelsPerBlock, tile.PanelCount(right.Columns) - firstPanel);
            int tiles = Math.Min(blocks.TilesPerBlock, tile.TileCount(rows) - firstTile);
            bool asStored = right is { Packed: true, Type: ElementType.Float32 };
            long panelValues = (long)Math.Min(Depth, right.Depth) * tile.Columns;
            long scratchBytes = asStored ? 0 : panelValues * panels * sizeof(float);
            byte* scratch = memory.Rent(scratchBytes);
            float* edge = stackalloc float[tile.Rows * tile.Columns];
            try
            {
                for (int start = 0; start < right.Depth; start += Depth)
                {
                    int depth = Math.Min(Depth, right.Depth - start);
                    float* panel = (float*)scratch;
                    long stride = panelValues;
                    if (asStored)
                    {
                        panel = (float*)right.Values + ((long)firstPanel * right.Depth + start) * tile.Columns;
                        stride = (long)right.Depth * tile.Columns;
                    }
                    else
                    {
                        WidenPanels(firstPanel, panels, start, depth, panel, stride);
                    }

                    for (int index = firstTile; index < firstTile + tiles; index++)
                    {
                        MultiplyTile(index, firstPanel, panels, start, depth, panel, stride, edge);
                    }
                }
            }
            finally
            {
                memory.Return(scratch, scratchBytes);
            }
        }

        private void MultiplyTile(int index, int firstPanel, int panels, int start, int depth, float* panel, long stride, float* edge)
        {
            int row = tile.TileStart(index, rows);
            int width = tile.TileRows(index, rows);
            float* a = _left + (long)row * right.Depth + (long)start * width;
            for (int p = 0; p < panels; p++)
            {
                int column = (firstPanel + p) * tile.Columns;
                float* c = _destination + (long)row * right.Columns + column;
                if (row + width <= rows && column + tile.Columns <= right.Columns)
                {
                    Tile(width, a, panel + p * stride, depth, c, right.Columns);
                    continue;
                }

                new Span<float>(edge, width * tile.Columns).Clear();
                Tile(width, a, panel + p * stride, depth, edge, tile.Columns);
                for (int r = 0; r < Math.Min(width, rows - row); r++)
                {
                    for (int i = 0; i < Math.Min(tile.Columns, right.Columns - column); i++)
                    {
                        c[(long)r * right.Columns + i] += edge[r * tile.Columns + i];
                    }
                }
            }
        }

        private void Tile(int width, float* a, float* b, int depth, float* c, int cStride)
        {
            switch (instructions)
            {
                case InstructionSet.Vector512 when width == 12:
                    Vector512Tile12(a, b, depth, c, cStride);
                    break;
                case InstructionSet.Vector512:
                    Vector512Tile4(a, b, depth, c, cStride);
                    break;
                case InstructionSet.Vector256 when width == 6:
                    Vector256Tile6(a, b, depth, c, cStride);
                    break;
                case InstructionSet.Vector256:
                    Vector256Tile2(a, b, depth, c, cStride);
                    break;
                default:
                    ScalarTile4(a, b, depth, c, cStride);
                    break;
            }
        }

        private void WidenPanels(int firstPanel, int panels, int start, int depth, float* destination, long stride)
        {
            for (int p = 0; p < panels; p++)
            {
                int column = (firstPanel + p) * tile.Columns;
                float* target = destination + p * stride;
                switch (right.Type)
                {
                    case ElementType.Float32:
                        WidenPanel<StoredFloat32>(column, start, depth, target);
                        break;
                    case ElementType.Float16:
                        WidenPanel<StoredFloat16>(column, start, depth, target);
                        break;
                    default:
                        WidenPanel<StoredBFloat16>(column, start, depth, target);
                        break;
                }
            }
        }

        private void WidenPanel<TElement>(int column, int start, int depth, float* destination)
            where TElement : struct, IStoredElement
        {
            if (right.Packed)
            {
                byte* packed = right.Values + ((long)column * right.Depth + (long)start * tile.Columns) * TElement.Size;
                Widen<TElement>(packed, depth * tile.Columns, destination);
                return;
            }

            int present = Math.Min(tile.Columns, right.Columns - column);
            for (int i = 0; i < depth; i++)
            {
                byte* source = right.Values + ((long)(start + i) * right.Columns + column) * TElement.Size;
                float* target = destination + (long)i * tile.Columns;
                Widen<TElement>(source, present, target);
                new Span<float>(target + present, tile.Columns - present).Clear();
            }
        }

        private void Widen<TElement>(byte* source, int count, float* destination)
            where TElement : struct, IStoredElement
        {
            int done = instructions switch
            {
                InstructionSet.Vector512 => Vector512Widen<TElement>(source, count, destination),
                InstructionSet.Vector256 => Vector256Widen<TElement>(source, count, destination),
                _ => 0,
            };
            for (; done < count; done++)
            {
                destination[done] = TElement.Load(source + (long)done * TElement.Size);
            }
        }
    }

    /// <summary>C[4, 4] += A[depth, 4]ᵀ B[depth, 4].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScalarTile4(float* a, float* b, int depth, float* c, int cStride)
    {
        for (int row = 0; row < 4; row++)
        {
            (float sum0, float sum1, float sum2, float sum3) = (0, 0, 0, 0);
            for (int i = 0; i < depth; i++)
            {
                float factor = a[4 * i + row];
                sum0 += factor * b[4 * i];
                sum1 += factor * b[4 * i + 1];
                sum2 += factor * b[4 * i + 2];
                sum3 += factor * b[4 * i + 3];
            }

            float* target = c + (long)row * cStride;
            target[0] += sum0;
            target[1] += sum1;
            target[2] += sum2;
            target[3] += sum3;
        }
    }
}
