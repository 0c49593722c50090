using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ibke.Runtime.Cpu;

/// <content>AVX2: four sums a row of x, so that no product waits for the one before.</content>
internal static unsafe partial class MatrixVector
{
    private static void Vector256Rows<TElement>(Operands operands, int from, int to)
        where TElement : struct, IStoredElement
    {
        for (int output = from; output < to; output++)
        {
            byte* weight = operands.WeightRow<TElement>(output);
            int row = 0;
            for (; row <= operands.Rows - 2; row += 2)
            {
                Vector256Two<TElement>(operands, weight, row, output);
            }

            for (; row < operands.Rows; row++)
            {
                operands.Set(row, output, Vector256Dot<TElement>(weight, operands.XRow(row), operands.Inputs));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Vector256Dot<TElement>(byte* weight, float* x, int count)
        where TElement : struct, IStoredElement
    {
        const int Lanes = 8;
        int size = Lanes * TElement.Size;
        Vector256<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        int i = 0;
        for (; i <= count - 4 * Lanes; i += 4 * Lanes)
        {
            sum0 = Vector256.MultiplyAddEstimate(TElement.Load256(weight), Vector256.Load(x + i), sum0);
            sum1 = Vector256.MultiplyAddEstimate(TElement.Load256(weight + size), Vector256.Load(x + i + Lanes), sum1);
            sum2 = Vector256.MultiplyAddEstimate(TElement.Load256(weight + 2 * size), Vector256.Load(x + i + 2 * Lanes), sum2);
            sum3 = Vector256.MultiplyAddEstimate(TElement.Load256(weight + 3 * size), Vector256.Load(x + i + 3 * Lanes), sum3);
            weight += 4 * size;
        }

        for (; i <= count - Lanes; i += Lanes)
        {
            sum0 = Vector256.MultiplyAddEstimate(TElement.Load256(weight), Vector256.Load(x + i), sum0);
            weight += size;
        }

        return Vector256.Sum((sum0 + sum1) + (sum2 + sum3)) + Rest<TElement>(weight, x + i, count - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Vector256Two<TElement>(Operands operands, byte* weight, int row, int output)
        where TElement : struct, IStoredElement
    {
        const int Lanes = 8;
        int size = Lanes * TElement.Size;
        int count = operands.Inputs;
        float* x0 = operands.XRow(row);
        float* x1 = operands.XRow(row + 1);
        Vector256<float> sum00 = default, sum01 = default, sum02 = default, sum03 = default;
        Vector256<float> sum10 = default, sum11 = default, sum12 = default, sum13 = default;
        int i = 0;
        for (; i <= count - 4 * Lanes; i += 4 * Lanes)
        {
            Vector256<float> w0 = TElement.Load256(weight);
            sum00 = Vector256.MultiplyAddEstimate(w0, Vector256.Load(x0 + i), sum00);
            sum10 = Vector256.MultiplyAddEstimate(w0, Vector256.Load(x1 + i), sum10);
            Vector256<float> w1 = TElement.Load256(weight + size);
            sum01 = Vector256.MultiplyAddEstimate(w1, Vector256.Load(x0 + i + Lanes), sum01);
            sum11 = Vector256.MultiplyAddEstimate(w1, Vector256.Load(x1 + i + Lanes), sum11);
            Vector256<float> w2 = TElement.Load256(weight + 2 * size);
            sum02 = Vector256.MultiplyAddEstimate(w2, Vector256.Load(x0 + i + 2 * Lanes), sum02);
            sum12 = Vector256.MultiplyAddEstimate(w2, Vector256.Load(x1 + i + 2 * Lanes), sum12);
            Vector256<float> w3 = TElement.Load256(weight + 3 * size);
            sum03 = Vector256.MultiplyAddEstimate(w3, Vector256.Load(x0 + i + 3 * Lanes), sum03);
            sum13 = Vector256.MultiplyAddEstimate(w3, Vector256.Load(x1 + i + 3 * Lanes), sum13);
            weight += 4 * size;
        }

        for (; i <= count - Lanes; i += Lanes)
        {
            Vector256<float> w = TElement.Load256(weight);
            sum00 = Vector256.MultiplyAddEstimate(w, Vector256.Load(x0 + i), sum00);
            sum10 = Vector256.MultiplyAddEstimate(w, Vector256.Load(x1 + i), sum10);
            weight += size;
        }

        operands.Set(row, output, Vector256.Sum((sum00 + sum01) + (sum02 + sum03)) + Rest<TElement>(weight, x0 + i, count - i));
        operands.Set(row + 1, output, Vector256.Sum((sum10 + sum11) + (sum12 + sum13)) + Rest<TElement>(weight, x1 + i, count - i));
    }
}
