using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <content>Right factors in <see cref="Int8Blocks"/>, widened to float32 block by block.</content>
internal static unsafe partial class MatrixProduct
{
    /// <summary>y = A Wᵀ + bias.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="memory">For arranging A and widening W.</param>
    /// <param name="a">[rows, inputs].</param>
    /// <param name="weight">[outputs, inputs] in <see cref="Int8Blocks"/>.</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="inputs">Columns of A.</param>
    /// <param name="outputs">Rows of W.</param>
    /// <param name="destination">[rows, outputs]; overwritten.</param>
    public static void WithInt8Weight(
        WorkerPool pool, MemoryPool memory, float* a, byte* weight, float* bias, int rows, int inputs, int outputs, float* destination)
    {
        Right right = new(weight, Tensors.ElementType.Int8Block32, inputs, outputs, packed: true);
        Accumulate(pool, memory, a, inputs, 1, rows, right, new Result(destination, bias, add: false));
    }

    private sealed partial class Job
    {
        private void WidenInt8Panels(int firstPanel, int panels, int start, int depth, float* destination, long stride)
        {
            switch (instructions)
            {
                case InstructionSet.Vector512:
                    WidenInt8Panels<Lanes512>(firstPanel, panels, start, depth, destination, stride);
                    break;
                case InstructionSet.Vector256:
                    WidenInt8Panels<Lanes256>(firstPanel, panels, start, depth, destination, stride);
                    break;
                default:
                    WidenInt8Panels<Lanes1>(firstPanel, panels, start, depth, destination, stride);
                    break;
            }
        }

        // Panels are as wide as a block or a part of it, and the depth is divided at whole blocks.
        private void WidenInt8Panels<TLanes>(int firstPanel, int panels, int start, int depth, float* destination, long stride)
            where TLanes : struct, ILanes<TLanes>
        {
            int inputs = right.Packed ? right.Depth : right.Columns;
            for (int p = 0; p < panels; p++)
            {
                int column = (firstPanel + p) * tile.Columns;
                (int output, int input) = right.Packed ? (column, start) : (start, column);
                long block = (long)(output / Int8Blocks.Side) * Int8Blocks.Count(inputs) + input / Int8Blocks.Side;
                byte* source = right.Values + block * Int8Blocks.BlockBytes;
                float* target = destination + p * stride;
                if (right.Packed)
                {
                    WidenInt8<TLanes>(source, column % Int8Blocks.Side, tile.Columns, depth, target);
                }
                else
                {
                    long rowOfBlocks = (long)Int8Blocks.Count(inputs) * Int8Blocks.BlockBytes;
                    WidenInt8Transposed<TLanes>(source, rowOfBlocks, column % Int8Blocks.Side, tile.Columns, depth, target);
                }
            }
        }
    }

    /// <summary>A panel of consecutive outputs: [inputs, outputs of the panel].</summary>
    [MethodImpl(Kernel.HotLoop)]
    private static void WidenInt8<TLanes>(byte* block, int column, int width, int inputs, float* destination)
        where TLanes : struct, ILanes<TLanes>
    {
        for (; inputs > 0; inputs -= Int8Blocks.Side)
        {
            int count = Math.Min(Int8Blocks.Side, inputs);
            for (int i = 0; i < width; i += TLanes.Count)
            {
                TLanes scale = TLanes.LoadBFloat16(Int8Blocks.Scales(block) + column + i);
                sbyte* values = Int8Blocks.Values(block) + column + i;
                float* target = destination + i;
                for (int input = 0; input < count; input++)
                {
                    TLanes.Store(TLanes.LoadInt8(values) * scale, target);
                    values += Int8Blocks.Side;
                    target += width;
                }
            }

            destination += (long)count * width;
            block += Int8Blocks.BlockBytes;
        }
    }

    /// <summary>A panel of consecutive inputs: [outputs, inputs of the panel].</summary>
    [MethodImpl(Kernel.HotLoop)]
    private static void WidenInt8Transposed<TLanes>(byte* block, long rowOfBlocks, int column, int width, int outputs, float* destination)
        where TLanes : struct, ILanes<TLanes>
    {
        sbyte* transposed = stackalloc sbyte[Int8Blocks.Side * Int8Blocks.Side];
        for (; outputs > 0; outputs -= Int8Blocks.Side)
        {
            Int8Blocks.Transpose(Int8Blocks.Values(block), transposed);
            for (int output = 0; output < Math.Min(Int8Blocks.Side, outputs); output++)
            {
                TLanes scale = TLanes.Create(StoredBFloat16.Load((byte*)(Int8Blocks.Scales(block) + output)));
                sbyte* values = transposed + output * Int8Blocks.Side + column;
                for (int i = 0; i < width; i += TLanes.Count)
                {
                    TLanes.Store(TLanes.LoadInt8(values + i) * scale, destination + i);
                }

                destination += width;
            }

            block += rowOfBlocks;
        }
    }
}
