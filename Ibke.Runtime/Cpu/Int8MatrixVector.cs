using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>y = x Wᵀ + b for few rows where W is in 8-bit blocks: bound by reading W, which is read once, front to back.</summary>
/// <remarks>
/// Within a block the products of x with the 8-bit values are summed, those of even and of odd inputs apart, and the sums are multiplied
/// with the scales. A row of y does not depend on how many rows there are.
/// </remarks>
internal static unsafe class Int8MatrixVector
{
    /// <summary>Rows that share the widening of a value.</summary>
    private const int Group = 4;

    /// <summary>Overwrites the destination.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="x">[rows, inputs].</param>
    /// <param name="weight">[outputs, inputs] in <see cref="Int8Blocks"/>.</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="rows">Rows of x.</param>
    /// <param name="inputs">Columns of x.</param>
    /// <param name="outputs">Rows of W.</param>
    /// <param name="destination">[rows, outputs].</param>
    public static void Forward(WorkerPool pool, float* x, byte* weight, float* bias, int rows, int inputs, int outputs, float* destination)
    {
        // A product with an 8-bit value is about a quarter of the work that the kernels' values are.
        long work = (long)inputs * rows * Int8Blocks.Side / 4;
        Kernel.Run(pool, Int8Blocks.Count(outputs), work, new Panels(x, weight, bias, rows, inputs, outputs, destination));
    }

    // Items are blocks of outputs.
    private readonly struct Panels(float* x, byte* weight, float* bias, int rows, int inputs, int outputs, float* destination) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            float* sums = stackalloc float[Group * Int8Blocks.Side];
            for (int panel = from; panel < to; panel++)
            {
                byte* blocks = weight + (long)panel * Int8Blocks.Count(inputs) * Int8Blocks.BlockBytes;
                for (int row = 0; row < rows; row += Group)
                {
                    int count = Math.Min(Group, rows - row);
                    for (int column = 0; column < Int8Blocks.Side; column += 2 * TLanes.Count)
                    {
                        float* first = x + (long)row * inputs;
                        if (count == 1)
                        {
                            SumOne<TLanes>(first, blocks, column, inputs, sums + column);
                        }
                        else
                        {
                            // Of a group that is not complete, the last row stands in for the missing ones.
                            float* second = first + inputs;
                            float* third = first + (long)Math.Min(2, count - 1) * inputs;
                            float* fourth = first + (count - 1L) * inputs;
                            SumFour<TLanes>(first, second, third, fourth, blocks, column, inputs, sums + column);
                        }
                    }

                    Write(sums, panel * Int8Blocks.Side, row, count);
                }
            }
        }

        private void Write(float* sums, int first, int row, int count)
        {
            int present = Math.Min(Int8Blocks.Side, outputs - first);
            for (int r = 0; r < count; r++)
            {
                float* y = destination + (long)(row + r) * outputs + first;
                for (int i = 0; i < present; i++)
                {
                    float sum = sums[r * Int8Blocks.Side + i];
                    y[i] = bias == null ? sum : sum + bias[first + i];
                }
            }
        }
    }

    /// <summary>Two vectors of outputs of one row.</summary>
    [MethodImpl(Kernel.HotLoop)]
    private static void SumOne<TLanes>(float* x, byte* block, int column, int inputs, float* sums)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes left = TLanes.Create(0), right = left;
        for (; inputs > 0; inputs -= Int8Blocks.Side)
        {
            TLanes evenLeft = TLanes.Create(0), evenRight = evenLeft, oddLeft = evenLeft, oddRight = evenLeft;
            sbyte* values = Int8Blocks.Values(block) + column;
            int count = Math.Min(Int8Blocks.Side, inputs);
            int i = 0;
            for (; i <= count - 2; i += 2)
            {
                TLanes even = TLanes.Create(x[i]), odd = TLanes.Create(x[i + 1]);
                evenLeft = TLanes.MultiplyAdd(TLanes.LoadInt8(values), even, evenLeft);
                evenRight = TLanes.MultiplyAdd(TLanes.LoadInt8(values + TLanes.Count), even, evenRight);
                oddLeft = TLanes.MultiplyAdd(TLanes.LoadInt8(values + Int8Blocks.Side), odd, oddLeft);
                oddRight = TLanes.MultiplyAdd(TLanes.LoadInt8(values + Int8Blocks.Side + TLanes.Count), odd, oddRight);
                values += 2 * Int8Blocks.Side;
            }

            if (i < count)
            {
                TLanes last = TLanes.Create(x[i]);
                evenLeft = TLanes.MultiplyAdd(TLanes.LoadInt8(values), last, evenLeft);
                evenRight = TLanes.MultiplyAdd(TLanes.LoadInt8(values + TLanes.Count), last, evenRight);
            }

            ushort* scales = Int8Blocks.Scales(block) + column;
            left = TLanes.MultiplyAdd(TLanes.LoadBFloat16(scales), evenLeft + oddLeft, left);
            right = TLanes.MultiplyAdd(TLanes.LoadBFloat16(scales + TLanes.Count), evenRight + oddRight, right);
            x += Int8Blocks.Side;
            block += Int8Blocks.BlockBytes;
        }

        TLanes.Store(left, sums);
        TLanes.Store(right, sums + TLanes.Count);
    }

    /// <summary>As <see cref="SumOne"/>, for four rows at once.</summary>
    [MethodImpl(Kernel.HotLoop)]
    private static void SumFour<TLanes>(float* x0, float* x1, float* x2, float* x3, byte* block, int column, int inputs, float* sums)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int row = 0; row < Group; row++)
        {
            TLanes.Store(TLanes.Create(0), sums + row * Int8Blocks.Side);
            TLanes.Store(TLanes.Create(0), sums + row * Int8Blocks.Side + TLanes.Count);
        }

        for (int start = 0; start < inputs; start += Int8Blocks.Side)
        {
            TLanes even0Left = TLanes.Create(0), even0Right = even0Left, odd0Left = even0Left, odd0Right = even0Left;
            TLanes even1Left = even0Left, even1Right = even0Left, odd1Left = even0Left, odd1Right = even0Left;
            TLanes even2Left = even0Left, even2Right = even0Left, odd2Left = even0Left, odd2Right = even0Left;
            TLanes even3Left = even0Left, even3Right = even0Left, odd3Left = even0Left, odd3Right = even0Left;
            sbyte* values = Int8Blocks.Values(block) + column;
            int end = Math.Min(inputs, start + Int8Blocks.Side);
            int i = start;
            for (; i <= end - 2; i += 2)
            {
                TLanes left = TLanes.LoadInt8(values), right = TLanes.LoadInt8(values + TLanes.Count);
                TLanes factor = TLanes.Create(x0[i]);
                even0Left = TLanes.MultiplyAdd(left, factor, even0Left);
                even0Right = TLanes.MultiplyAdd(right, factor, even0Right);
                factor = TLanes.Create(x1[i]);
                even1Left = TLanes.MultiplyAdd(left, factor, even1Left);
                even1Right = TLanes.MultiplyAdd(right, factor, even1Right);
                factor = TLanes.Create(x2[i]);
                even2Left = TLanes.MultiplyAdd(left, factor, even2Left);
                even2Right = TLanes.MultiplyAdd(right, factor, even2Right);
                factor = TLanes.Create(x3[i]);
                even3Left = TLanes.MultiplyAdd(left, factor, even3Left);
                even3Right = TLanes.MultiplyAdd(right, factor, even3Right);
                left = TLanes.LoadInt8(values + Int8Blocks.Side);
                right = TLanes.LoadInt8(values + Int8Blocks.Side + TLanes.Count);
                factor = TLanes.Create(x0[i + 1]);
                odd0Left = TLanes.MultiplyAdd(left, factor, odd0Left);
                odd0Right = TLanes.MultiplyAdd(right, factor, odd0Right);
                factor = TLanes.Create(x1[i + 1]);
                odd1Left = TLanes.MultiplyAdd(left, factor, odd1Left);
                odd1Right = TLanes.MultiplyAdd(right, factor, odd1Right);
                factor = TLanes.Create(x2[i + 1]);
                odd2Left = TLanes.MultiplyAdd(left, factor, odd2Left);
                odd2Right = TLanes.MultiplyAdd(right, factor, odd2Right);
                factor = TLanes.Create(x3[i + 1]);
                odd3Left = TLanes.MultiplyAdd(left, factor, odd3Left);
                odd3Right = TLanes.MultiplyAdd(right, factor, odd3Right);
                values += 2 * Int8Blocks.Side;
            }

            if (i < end)
            {
                TLanes left = TLanes.LoadInt8(values), right = TLanes.LoadInt8(values + TLanes.Count);
                even0Left = TLanes.MultiplyAdd(left, TLanes.Create(x0[i]), even0Left);
                even0Right = TLanes.MultiplyAdd(right, TLanes.Create(x0[i]), even0Right);
                even1Left = TLanes.MultiplyAdd(left, TLanes.Create(x1[i]), even1Left);
                even1Right = TLanes.MultiplyAdd(right, TLanes.Create(x1[i]), even1Right);
                even2Left = TLanes.MultiplyAdd(left, TLanes.Create(x2[i]), even2Left);
                even2Right = TLanes.MultiplyAdd(right, TLanes.Create(x2[i]), even2Right);
                even3Left = TLanes.MultiplyAdd(left, TLanes.Create(x3[i]), even3Left);
                even3Right = TLanes.MultiplyAdd(right, TLanes.Create(x3[i]), even3Right);
            }

            ushort* scales = Int8Blocks.Scales(block) + column;
            TLanes scaleLeft = TLanes.LoadBFloat16(scales), scaleRight = TLanes.LoadBFloat16(scales + TLanes.Count);
            AddScaled(even0Left + odd0Left, scaleLeft, sums);
            AddScaled(even0Right + odd0Right, scaleRight, sums + TLanes.Count);
            AddScaled(even1Left + odd1Left, scaleLeft, sums + Int8Blocks.Side);
            AddScaled(even1Right + odd1Right, scaleRight, sums + Int8Blocks.Side + TLanes.Count);
            AddScaled(even2Left + odd2Left, scaleLeft, sums + 2 * Int8Blocks.Side);
            AddScaled(even2Right + odd2Right, scaleRight, sums + 2 * Int8Blocks.Side + TLanes.Count);
            AddScaled(even3Left + odd3Left, scaleLeft, sums + 3 * Int8Blocks.Side);
            AddScaled(even3Right + odd3Right, scaleRight, sums + 3 * Int8Blocks.Side + TLanes.Count);
            block += Int8Blocks.BlockBytes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled<TLanes>(TLanes sum, TLanes scale, float* total)
        where TLanes : struct, ILanes<TLanes> => TLanes.Store(TLanes.MultiplyAdd(scale, sum, TLanes.Load(total)), total);
}
