using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// y = x Wᵀ + b for few rows, as in decoding: bound by reading W. Each row of W is read once, front to back, as it is stored, and
/// multiplied with all rows of x while it is in the first cache.
/// </summary>
/// <remarks>A row of y does not depend on how many rows there are.</remarks>
internal static unsafe partial class MatrixVector
{
    /// <summary>Products of weights and values that are worth a range of their own.</summary>
    private const int ProductsPerRange = 1 << 16;

    /// <summary>
    /// Inputs from which several rows of W are read side by side: x, which W drives out of the first cache, is then read once for them. Shorter
    /// rows are faster one by one, for memory is.
    /// </summary>
    private const int LongRow = 6144;

    /// <summary>The most rows of W that are read side by side.</summary>
    private const int RowsAtOnce = 4;

    /// <summary>Overwrites the destination.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="x">[rows, inputs].</param>
    /// <param name="weight">[outputs, inputs] as stored.</param>
    /// <param name="type">How the weight is stored.</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="rows">Rows of x.</param>
    /// <param name="inputs">Columns of x.</param>
    /// <param name="outputs">Rows of W.</param>
    /// <param name="destination">[rows, outputs].</param>
    public static void Forward(
        WorkerPool pool, float* x, byte* weight, ElementType type, float* bias, int rows, int inputs, int outputs, float* destination)
    {
        Operands operands = new(x, weight, bias, rows, inputs, outputs, destination);
        Action<Operands, int, int> body = type switch
        {
            ElementType.Float32 => Body<StoredFloat32>(pool.Instructions),
            ElementType.Float16 => Body<StoredFloat16>(pool.Instructions),
            _ => Body<StoredBFloat16>(pool.Instructions),
        };
        long grain = Math.Max(RowsAtOnce, ProductsPerRange / Math.Max(1, (long)inputs * rows) / RowsAtOnce * RowsAtOnce);
        pool.For(outputs, (int)grain, operands, body);
    }

    private static Action<Operands, int, int> Body<TElement>(InstructionSet instructions)
        where TElement : struct, IStoredElement => instructions switch
        {
            InstructionSet.Vector512 => Vector512Rows<TElement>,
            InstructionSet.Vector256 => Vector256Rows<TElement>,
            _ => ScalarRows<TElement>,
        };

    private static void ScalarRows<TElement>(Operands operands, int from, int to)
        where TElement : struct, IStoredElement
    {
        for (int output = from; output < to; output++)
        {
            byte* weight = operands.WeightRow<TElement>(output);
            for (int row = 0; row < operands.Rows; row++)
            {
                float* x = operands.XRow(row);
                (float even, float odd) = (0, 0);
                int i = 0;
                for (; i <= operands.Inputs - 2; i += 2)
                {
                    even += TElement.Load(weight + (long)i * TElement.Size) * x[i];
                    odd += TElement.Load(weight + (i + 1L) * TElement.Size) * x[i + 1];
                }

                if (i < operands.Inputs)
                {
                    even += TElement.Load(weight + (long)i * TElement.Size) * x[i];
                }

                operands.Set(row, output, even + odd);
            }
        }
    }

    private readonly struct Operands(float* x, byte* weight, float* bias, int rows, int inputs, int outputs, float* destination)
    {
        public int Rows => rows;

        public int Inputs => inputs;

        public float* XRow(int row) => x + (long)row * inputs;

        public byte* WeightRow<TElement>(int output)
            where TElement : struct, IStoredElement => weight + (long)output * inputs * TElement.Size;

        public void Set(int row, int output, float product) =>
            destination[(long)row * outputs + output] = bias == null ? product : product + bias[output];
    }
}
