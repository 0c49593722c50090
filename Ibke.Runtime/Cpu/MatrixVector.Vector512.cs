using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ibke.Runtime.Cpu;

/// <content>AVX-512: four sums a row of x, so that no product waits for the one before.</content>
internal static unsafe partial class MatrixVector
{
    private static void Vector512Rows<TElement>(Operands operands, int from, int to)
        where TElement : struct, IStoredElement
    {
        for (int output = from; output < to; output++)
        {
            byte* weight = operands.WeightRow<TElement>(output);
            int row = 0;
            for (; row <= operands.Rows - 4; row += 4)
            {
                Vector512Four<TElement>(operands, weight, row, output);
            }

            for (; row < operands.Rows; row++)
            {
                operands.Set(row, output, Vector512Dot<TElement>(weight, operands.XRow(row), operands.Inputs));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Vector512Dot<TElement>(byte* weight, float* x, int count)
        where TElement : struct, IStoredElement
    {
        const int Lanes = 16;
        int size = Lanes * TElement.Size;
        Vector512<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        int i = 0;
        for (; i <= count - 4 * Lanes; i += 4 * Lanes)
        {
            sum0 = Vector512.MultiplyAddEstimate(TElement.Load512(weight), Vector512.Load(x + i), sum0);
            sum1 = Vector512.MultiplyAddEstimate(TElement.Load512(weight + size), Vector512.Load(x + i + Lanes), sum1);
            sum2 = Vector512.MultiplyAddEstimate(TElement.Load512(weight + 2 * size), Vector512.Load(x + i + 2 * Lanes), sum2);
            sum3 = Vector512.MultiplyAddEstimate(TElement.Load512(weight + 3 * size), Vector512.Load(x + i + 3 * Lanes), sum3);
            weight += 4 * size;
        }

        for (; i <= count - Lanes; i += Lanes)
        {
            sum0 = Vector512.MultiplyAddEstimate(TElement.Load512(weight), Vector512.Load(x + i), sum0);
            weight += size;
        }

        return Vector512.Sum((sum0 + sum1) + (sum2 + sum3)) + Rest<TElement>(weight, x + i, count - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Vector512Four<TElement>(Operands operands, byte* weight, int row, int output)
        where TElement : struct, IStoredElement
    {
        const int Lanes = 16;
        int size = Lanes * TElement.Size;
        int count = operands.Inputs;
        float* x0 = operands.XRow(row);
        float* x1 = operands.XRow(row + 1);
        float* x2 = operands.XRow(row + 2);
        float* x3 = operands.XRow(row + 3);
        Vector512<float> sum00 = default, sum01 = default, sum02 = default, sum03 = default;
        Vector512<float> sum10 = default, sum11 = default, sum12 = default, sum13 = default;
        Vector512<float> sum20 = default, sum21 = default, sum22 = default, sum23 = default;
        Vector512<float> sum30 = default, sum31 = default, sum32 = default, sum33 = default;
        int i = 0;
        for (; i <= count - 4 * Lanes; i += 4 * Lanes)
        {
            Vector512<float> w0 = TElement.Load512(weight);
            sum00 = Vector512.MultiplyAddEstimate(w0, Vector512.Load(x0 + i), sum00);
            sum10 = Vector512.MultiplyAddEstimate(w0, Vector512.Load(x1 + i), sum10);
            sum20 = Vector512.MultiplyAddEstimate(w0, Vector512.Load(x2 + i), sum20);
            sum30 = Vector512.MultiplyAddEstimate(w0, Vector512.Load(x3 + i), sum30);
            Vector512<float> w1 = TElement.Load512(weight + size);
            sum01 = Vector512.MultiplyAddEstimate(w1, Vector512.Load(x0 + i + Lanes), sum01);
            sum11 = Vector512.MultiplyAddEstimate(w1, Vector512.Load(x1 + i + Lanes), sum11);
            sum21 = Vector512.MultiplyAddEstimate(w1, Vector512.Load(x2 + i + Lanes), sum21);
            sum31 = Vector512.MultiplyAddEstimate(w1, Vector512.Load(x3 + i + Lanes), sum31);
            Vector512<float> w2 = TElement.Load512(weight + 2 * size);
            sum02 = Vector512.MultiplyAddEstimate(w2, Vector512.Load(x0 + i + 2 * Lanes), sum02);
            sum12 = Vector512.MultiplyAddEstimate(w2, Vector512.Load(x1 + i + 2 * Lanes), sum12);
            sum22 = Vector512.MultiplyAddEstimate(w2, Vector512.Load(x2 + i + 2 * Lanes), sum22);
            sum32 = Vector512.MultiplyAddEstimate(w2, Vector512.Load(x3 + i + 2 * Lanes), sum32);
            Vector512<float> w3 = TElement.Load512(weight + 3 * size);
            sum03 = Vector512.MultiplyAddEstimate(w3, Vector512.Load(x0 + i + 3 * Lanes), sum03);
            sum13 = Vector512.MultiplyAddEstimate(w3, Vector512.Load(x1 + i + 3 * Lanes), sum13);
            sum23 = Vector512.MultiplyAddEstimate(w3, Vector512.Load(x2 + i + 3 * Lanes), sum23);
            sum33 = Vector512.MultiplyAddEstimate(w3, Vector512.Load(x3 + i + 3 * Lanes), sum33);
            weight += 4 * size;
        }

        for (; i <= count - Lanes; i += Lanes)
        {
            Vector512<float> w = TElement.Load512(weight);
            sum00 = Vector512.MultiplyAddEstimate(w, Vector512.Load(x0 + i), sum00);
            sum10 = Vector512.MultiplyAddEstimate(w, Vector512.Load(x1 + i), sum10);
            sum20 = Vector512.MultiplyAddEstimate(w, Vector512.Load(x2 + i), sum20);
            sum30 = Vector512.MultiplyAddEstimate(w, Vector512.Load(x3 + i), sum30);
            weight += size;
        }

        operands.Set(row, output, Vector512.Sum((sum00 + sum01) + (sum02 + sum03)) + Rest<TElement>(weight, x0 + i, count - i));
        operands.Set(row + 1, output, Vector512.Sum((sum10 + sum11) + (sum12 + sum13)) + Rest<TElement>(weight, x1 + i, count - i));
        operands.Set(row + 2, output, Vector512.Sum((sum20 + sum21) + (sum22 + sum23)) + Rest<TElement>(weight, x2 + i, count - i));
        operands.Set(row + 3, output, Vector512.Sum((sum30 + sum31) + (sum32 + sum33)) + Rest<TElement>(weight, x3 + i, count - i));
    }
}
