using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// C = A B or C += A B in blocks that stay in the caches (Goto and van de Geijn, 2008): a block of B, <see cref="Depth"/> deep and up to
/// <see cref="BlockColumns"/> wide, is multiplied with one tile of rows of A after the other, by a kernel that keeps its part of C in registers.
/// </summary>
/// <remarks>Each value of C is summed by one thread in the order of the depth, so it depends neither on the threads nor on the other rows.</remarks>
internal static unsafe partial class MatrixProduct
{
    private const int Depth = 384;
    private const int BlockColumns = 192;
    private const int BlockRows = 192;

    /// <summary>Tiles of a block from which it pays to widen float16 once rather than in each tile; bfloat16 costs the tiles nothing.</summary>
    private const int TilesWorthWidening = 4;

    /// <summary>
    /// Blocks that share columns of B from which it pays to arrange them once for all, rather than in each block; there is a bound to the memory.
    /// </summary>
    private const int RowBlocksWorthArranging = 6;

    private const long MostArrangedBytes = 1L << 24;

    /// <summary>Blocks there should at least be, so that threads finish at about the same time.</summary>
    private const int EnoughBlocks = 8;

    /// <summary>y = A Wᵀ + bias.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="memory">For arranging A.</param>
    /// <param name="a">[rows, weight.Inputs].</param>
    /// <param name="weight">Arranged for this pool's instruction set.</param>
    /// <param name="type">How the weight is stored.</param>
    /// <param name="bias">[weight.Outputs], or null.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="destination">[rows, weight.Outputs]; overwritten.</param>
    public static void WithWeight(
        WorkerPool pool, MemoryPool memory, float* a, PackedWeight weight, ElementType type, float* bias, int rows, float* destination)
    {
        Right right = new(weight.Values, type, weight.Inputs, weight.Outputs, packed: true);
        Accumulate(pool, memory, a, weight.Inputs, 1, rows, right, new Result(destination, bias, add: false));
    }

    /// <summary>C += A B, or C = A B.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="memory">For arranging A and B.</param>
    /// <param name="a">[rows, depth], or its transpose.</param>
    /// <param name="aRowStride">Values between rows of A.</param>
    /// <param name="aDepthStride">Values between columns of A.</param>
    /// <param name="b">[depth, columns] as stored.</param>
    /// <param name="type">How B is stored.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="depth">Columns of A, rows of B.</param>
    /// <param name="columns">Columns of B and C.</param>
    /// <param name="add">Whether the destination holds something that the product is added to.</param>
    /// <param name="destination">[rows, columns].</param>
    public static void Multiply(
        WorkerPool pool, MemoryPool memory, float* a, int aRowStride, int aDepthStride, byte* b, ElementType type,
        int rows, int depth, int columns, bool add, float* destination) =>
        Accumulate(
            pool, memory, a, aRowStride, aDepthStride, rows, new Right(b, type, depth, columns, packed: false), new Result(destination, null, add));

    private static void Accumulate(
        WorkerPool pool, MemoryPool memory, float* a, int aRowStride, int aDepthStride, int rows, Right right, Result result)
    {
        if (rows == 0)
        {
            return;
        }

        TileShape tile = TileShape.Of(pool.Instructions);
        if (aDepthStride == 1 && rows >= tile.RestRows)
        {
            Run(pool, new Left(a, aRowStride, aDepthStride, packed: false));
            return;
        }

        long packedBytes = (long)tile.PaddedRows(rows) * right.Depth * sizeof(float);
        byte* packed = memory.Rent(packedBytes);
        try
        {
            PackLeft(pool, tile, a, aRowStride, aDepthStride, rows, right.Depth, (float*)packed);
            Run(pool, new Left((float*)packed, 0, 0, packed: true));
        }
        finally
        {
            memory.Return(packed, packedBytes);
        }

        void Run(WorkerPool pool, Left left)
        {
            Blocks blocks = Blocks.Divide(tile, rows, right.Columns);
            Job job = new(pool.Instructions, tile, memory, left, rows, right, blocks, result);
            if (blocks.RowBlocks >= RowBlocksWorthArranging && !right.Packed && right.Type != ElementType.Int8Block32 && job.PanelBytes <= MostArrangedBytes)
            {
                job.RunArranged(pool);
            }
            else
            {
                job.Run(pool);
            }
        }
    }

    /// <summary>How C is divided among threads: blocks of whole tiles, the same for any number of threads.</summary>
    private readonly record struct Blocks(int TilesPerBlock, int PanelsPerBlock, int RowBlocks, int ColumnBlocks)
    {
        public int Count => RowBlocks * ColumnBlocks;

        public static Blocks Divide(TileShape tile, int rows, int columns)
        {
            (int tiles, int panels) = (tile.TileCount(rows), tile.PanelCount(columns));
            int tilesPerBlock = Math.Min(tiles, BlockRows / tile.Rows);
            int rowBlocks = (tiles + tilesPerBlock - 1) / tilesPerBlock;
            int wanted = (EnoughBlocks + rowBlocks - 1) / rowBlocks;
            int panelsPerBlock = Math.Clamp(panels / wanted, 1, BlockColumns / tile.Columns);
            return new Blocks(tilesPerBlock, panelsPerBlock, rowBlocks, (panels + panelsPerBlock - 1) / panelsPerBlock);
        }
    }
}
