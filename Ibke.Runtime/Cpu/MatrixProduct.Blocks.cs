using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>One block of C on one thread.</content>
internal static unsafe partial class MatrixProduct
{
    /// <summary>The right factor, [depth, columns]: row-major, or in the panels of a <see cref="PackedWeight"/>; in 8-bit blocks as it is, or transposed where packed.</summary>
    private readonly struct Right(byte* values, ElementType type, int depth, int columns, bool packed)
    {
        public byte* Values { get; } = values;

        public ElementType Type { get; } = type;

        public int Depth { get; } = depth;

        public int Columns { get; } = columns;

        public bool Packed { get; } = packed;
    }

    /// <summary>C, [rows, columns]: what the product is added to, or else begins as the bias, or as zero.</summary>
    private readonly struct Result(float* values, float* bias, bool add)
    {
        public float* Values { get; } = values;

        public float* Bias { get; } = bias;

        public bool Add { get; } = add;
    }

    /// <summary>The left factor, [rows, depth]: by strides, or tile by tile, each [depth, rows of the tile].</summary>
    private readonly struct Left(float* values, int rowStride, int depthStride, bool packed)
    {
        public int RowStride { get; } = rowStride;

        public int DepthStride { get; } = depthStride;

        public bool Packed { get; } = packed;

        /// <summary>Where a tile of so many rows begins to be read.</summary>
        public float* At(long row, long start, int width, int depth) =>
            values + (Packed ? (row * depth) + (start * width) : (row * RowStride) + (start * DepthStride));
    }

    private sealed partial class Job(
        InstructionSet instructions, TileShape tile, MemoryPool memory, Left left, int rows, Right right, Blocks blocks, Result result)
    {
        /// <summary>The size of B in panels of float32.</summary>
        public long PanelBytes => (long)tile.PanelCount(right.Columns) * tile.Columns * right.Depth * sizeof(float);

        /// <summary>Computes all blocks.</summary>
        public void Run(WorkerPool pool) => pool.For(blocks.Count, 1, this, static (job, from, to) =>
        {
            for (int block = from; block < to; block++)
            {
                job.Run(block);
            }
        });

        /// <summary>The same with panels that are made first.</summary>
        public void RunArranged(WorkerPool pool)
        {
            byte* panels = memory.Rent(PanelBytes);
            try
            {
                pool.For(tile.PanelCount(right.Columns), blocks.PanelsPerBlock, (job: this, panels: (nint)panels), static (s, from, to) =>
                {
                    (long depth, int width) = (s.job.Depth, s.job.PanelWidth);
                    s.job.WidenPanels(from, to - from, 0, (int)depth, (float*)s.panels + (from * depth * width), depth * width);
                });
                Right arranged = new(panels, ElementType.Float32, right.Depth, right.Columns, packed: true);
                new Job(instructions, tile, memory, left, rows, arranged, blocks, result).Run(pool);
            }
            finally
            {
                memory.Return(panels, PanelBytes);
            }
        }

        private int Depth => right.Depth;

        private int PanelWidth => tile.Columns;

        private void Run(int block)
        {
            // Neighbouring blocks share columns of B, which is the larger factor.
            int firstPanel = block / blocks.RowBlocks * blocks.PanelsPerBlock;
            int firstTile = block % blocks.RowBlocks * blocks.TilesPerBlock;
            int panels = Math.Min(blocks.PanelsPerBlock, tile.PanelCount(right.Columns) - firstPanel);
            int endTile = Math.Min(firstTile + blocks.TilesPerBlock, tile.TileCount(rows));
            if (!result.Add)
            {
                Start(tile.TileStart(firstTile, rows), Math.Min(rows, tile.TileStart(endTile, rows)), firstPanel * tile.Columns, panels * tile.Columns);
            }

            bool widened = !right.Packed || right.Type == ElementType.Int8Block32
                || (right.Type == ElementType.Float16 && endTile - firstTile >= TilesWorthWidening);
            long panelValues = (long)Math.Min(MatrixProduct.Depth, right.Depth) * tile.Columns;
            long scratchBytes = widened ? panelValues * panels * sizeof(float) : 0;
            byte* scratch = memory.Rent(scratchBytes);
            try
            {
                for (int start = 0; start < right.Depth; start += MatrixProduct.Depth)
                {
                    int depth = Math.Min(MatrixProduct.Depth, right.Depth - start);
                    byte* panel = scratch;
                    long stride = panelValues * sizeof(float);
                    if (widened)
                    {
                        WidenPanels(firstPanel, panels, start, depth, (float*)scratch, panelValues);
                    }
                    else
                    {
                        panel = right.Values + ((long)firstPanel * right.Depth + start) * tile.Columns * right.Type.Size();
                        stride = (long)right.Depth * tile.Columns * right.Type.Size();
                    }

                    for (int index = firstTile; index < endTile; index++)
                    {
                        MultiplyTile(widened ? ElementType.Float32 : right.Type, index, firstPanel, panels, start, depth, panel, stride);
                    }
                }
            }
            finally
            {
                memory.Return(scratch, scratchBytes);
            }
        }

        // By the thread that adds to it next, a block at a time: it is in its cache then.
        private void Start(int fromRow, int toRow, int column, int columns)
        {
            int count = Math.Min(columns, right.Columns - column);
            for (long row = fromRow; row < toRow; row++)
            {
                Span<float> y = new(result.Values + (row * right.Columns) + column, count);
                if (result.Bias == null)
                {
                    y.Clear();
                }
                else
                {
                    new ReadOnlySpan<float>(result.Bias + column, count).CopyTo(y);
                }
            }
        }

        private void MultiplyTile(
            ElementType type, int index, int firstPanel, int panels, int start, int depth, byte* panel, long stride)
        {
            switch (type)
            {
                case ElementType.Float32:
                    MultiplyTile<StoredFloat32>(index, firstPanel, panels, start, depth, panel, stride);
                    break;
                case ElementType.Float16:
                    MultiplyTile<StoredFloat16>(index, firstPanel, panels, start, depth, panel, stride);
                    break;
                default:
                    MultiplyTile<StoredBFloat16>(index, firstPanel, panels, start, depth, panel, stride);
                    break;
            }
        }

        private void MultiplyTile<TElement>(int index, int firstPanel, int panels, int start, int depth, byte* panel, long stride)
            where TElement : struct, IStoredElement
        {
            int row = tile.TileStart(index, rows);
            int width = tile.TileRows(index, rows);

            // Where A lies as it was given, the last tile begins earlier rather than reading beyond the last row.
            int shift = left.Packed ? 0 : Math.Max(0, row + width - rows);
            float* a = left.At(row - shift, start, width, right.Depth);
            nint aRow = left.Packed ? 1 : left.RowStride, aDepth = left.Packed ? width : left.DepthStride;
            float* edge = stackalloc float[width * tile.Columns];
            for (int p = 0; p < panels; p++)
            {
                int column = (firstPanel + p) * tile.Columns;
                float* c = result.Values + (long)row * right.Columns + column;
                if (row + width <= rows && column + tile.Columns <= right.Columns)
                {
                    Tile<TElement>(width, a, aRow, aDepth, panel + p * stride, depth, c, right.Columns);
                    continue;
                }

                new Span<float>(edge, width * tile.Columns).Clear();
                Tile<TElement>(width, a, aRow, aDepth, panel + p * stride, depth, edge, tile.Columns);
                for (int r = 0; r < Math.Min(width - shift, rows - row); r++)
                {
                    for (int i = 0; i < Math.Min(tile.Columns, right.Columns - column); i++)
                    {
                        c[(long)r * right.Columns + i] += edge[(shift + r) * tile.Columns + i];
                    }
                }
            }
        }

        private void Tile<TElement>(int width, float* a, nint aRow, nint aDepth, byte* b, int depth, float* c, int cStride)
            where TElement : struct, IStoredElement
        {
            switch (instructions)
            {
                case InstructionSet.Vector512 when width == 12:
                    Vector512Tile12<TElement>(a, aRow, aDepth, b, depth, c, cStride);
                    break;
                case InstructionSet.Vector512:
                    Vector512Tile4<TElement>(a, aRow, aDepth, b, depth, c, cStride);
                    break;
                case InstructionSet.Vector256 when width == 6:
                    Vector256Tile6<TElement>(a, aRow, aDepth, b, depth, c, cStride);
                    break;
                case InstructionSet.Vector256:
                    Vector256Tile2<TElement>(a, aRow, aDepth, b, depth, c, cStride);
                    break;
                default:
                    ScalarTile4<TElement>(a, aRow, aDepth, b, depth, c, cStride);
                    break;
            }
        }

        private void WidenPanels(int firstPanel, int panels, int start, int depth, float* destination, long stride)
        {
            switch (right.Type)
            {
                case ElementType.Float32:
                    WidenPanels<StoredFloat32>(firstPanel, panels, start, depth, destination, stride);
                    break;
                case ElementType.Float16:
                    WidenPanels<StoredFloat16>(firstPanel, panels, start, depth, destination, stride);
                    break;
                case ElementType.Int8Block32:
                    WidenInt8Panels(firstPanel, panels, start, depth, destination, stride);
                    break;
                default:
                    WidenPanels<StoredBFloat16>(firstPanel, panels, start, depth, destination, stride);
                    break;
            }
        }

        private void WidenPanels<TElement>(int firstPanel, int panels, int start, int depth, float* destination, long stride)
            where TElement : struct, IStoredElement
        {
            int size = TElement.Size;
            if (right.Packed)
            {
                for (int p = 0; p < panels; p++)
                {
                    byte* packed = right.Values + ((long)(firstPanel + p) * right.Depth + start) * tile.Columns * size;
                    Widen<TElement>(packed, (long)tile.Columns * size, depth, 1, destination + p * stride, stride);
                }

                return;
            }

            int column = firstPanel * tile.Columns;
            int whole = Math.Min(panels, (right.Columns - column) / tile.Columns);
            byte* source = right.Values + ((long)start * right.Columns + column) * size;
            Widen<TElement>(source, (long)right.Columns * size, depth, whole, destination, stride);
            if (whole < panels)
            {
                WidenLastPanel<TElement>(start, depth, destination + whole * stride);
            }
        }

        private void Widen<TElement>(byte* source, long rowBytes, int depth, int panels, float* destination, long stride)
            where TElement : struct, IStoredElement
        {
            switch (instructions)
            {
                case InstructionSet.Vector512:
                    Vector512Widen<TElement>(source, rowBytes, depth, panels, destination, stride);
                    break;
                case InstructionSet.Vector256:
                    Vector256Widen<TElement>(source, rowBytes, depth, panels, destination, stride);
                    break;
                default:
                    ScalarWiden<TElement>(source, rowBytes, depth, panels, tile.Columns, destination, stride);
                    break;
            }
        }

        /// <summary>The columns that fill no panel, and zeros.</summary>
        private void WidenLastPanel<TElement>(int start, int depth, float* destination)
            where TElement : struct, IStoredElement
        {
            int present = right.Columns % tile.Columns;
            for (int i = 0; i < depth; i++)
            {
                byte* source = right.Values + ((start + i + 1L) * right.Columns - present) * TElement.Size;
                for (int column = 0; column < tile.Columns; column++)
                {
                    *destination++ = column < present ? TElement.Load(source + column * TElement.Size) : 0;
                }
            }
        }
    }

    /// <summary>Copies rows of adjacent panels apart, as float32. Row by row, for rows are far apart in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScalarWiden<TElement>(byte* source, long rowBytes, int depth, int panels, int width, float* destination, long stride)
        where TElement : struct, IStoredElement
    {
        for (int i = 0; i < depth; i++)
        {
            for (int p = 0; p < panels; p++)
            {
                for (int column = 0; column < width; column++)
                {
                    destination[p * stride + (long)i * width + column] = TElement.Load(source + (p * width + column) * TElement.Size);
                }
            }

            source += rowBytes;
        }
    }

    /// <summary>C[4, 4] += A[4, depth] B[depth, 4].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScalarTile4<TElement>(float* a, nint aRow, nint aDepth, byte* b, int depth, float* c, int cStride)
        where TElement : struct, IStoredElement
    {
        for (int row = 0; row < 4; row++)
        {
            (float sum0, float sum1, float sum2, float sum3) = (0, 0, 0, 0);
            byte* source = b;
            for (int i = 0; i < depth; i++)
            {
                float factor = a[(row * aRow) + (i * aDepth)];
                sum0 += factor * TElement.Load(source);
                sum1 += factor * TElement.Load(source + TElement.Size);
                sum2 += factor * TElement.Load(source + 2 * TElement.Size);
                sum3 += factor * TElement.Load(source + 3 * TElement.Size);
                source += 4 * TElement.Size;
            }

            float* target = c + (long)row * cStride;
            target[0] += sum0;
            target[1] += sum1;
            target[2] += sum2;
            target[3] += sum3;
        }
    }
}
