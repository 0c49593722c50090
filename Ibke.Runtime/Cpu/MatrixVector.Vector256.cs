using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ibke.Runtime.Cpu;

/// <content>AVX2.</content>
internal static unsafe partial class MatrixVector
{
    private static void Vector256Rows<TElement>(Operands operands, int from, int to)
        where TElement : struct, IStoredElement
    {
        const int Group = 2;
        float* sums = stackalloc float[Group];
        int output = from;
        for (; operands.Inputs >= LongRow && output <= to - Group; output += Group)
        {
            byte* weight = operands.WeightRow<TElement>(output);
            for (int row = 0; row < operands.Rows; row++)
            {
                Vector256DotTwo<TElement>(weight, (long)operands.Inputs * TElement.Size, operands.XRow(row), operands.Inputs, sums);
                for (int i = 0; i < Group; i++)
                {
                    operands.Set(row, output + i, sums[i]);
                }
            }
        }

        for (; output < to; output++)
        {
            byte* weight = operands.WeightRow<TElement>(output);
            for (int row = 0; row < operands.Rows; row++)
            {
                operands.Set(row, output, Vector256Dot<TElement>(weight, operands.XRow(row), operands.Inputs));
            }
        }
    }

    /// <summary>Σ weight · x for two neighbouring rows of W, to the same bits as one by one: x, which may not stay in the first cache, is read once for them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Vector256DotTwo<TElement>(byte* weight, long stride, float* x, int count, float* sums)
        where TElement : struct, IStoredElement
    {
        const int Lanes = 8;
        int size = Lanes * TElement.Size;
        byte* first = weight, second = first + stride;
        Vector256<float> sum00 = default, sum01 = default, sum02 = default, sum03 = default;
        Vector256<float> sum10 = default, sum11 = default, sum12 = default, sum13 = default;
        int i = 0;
        for (; i <= count - 4 * Lanes; i += 4 * Lanes)
        {
            Vector256<float> value = Vector256.Load(x + i);
            sum00 = Vector256.MultiplyAddEstimate(TElement.Load256(first), value, sum00);
            sum10 = Vector256.MultiplyAddEstimate(TElement.Load256(second), value, sum10);
            value = Vector256.Load(x + i + Lanes);
            sum01 = Vector256.MultiplyAddEstimate(TElement.Load256(first + size), value, sum01);
            sum11 = Vector256.MultiplyAddEstimate(TElement.Load256(second + size), value, sum11);
            value = Vector256.Load(x + i + 2 * Lanes);
            sum02 = Vector256.MultiplyAddEstimate(TElement.Load256(first + 2 * size), value, sum02);
            sum12 = Vector256.MultiplyAddEstimate(TElement.Load256(second + 2 * size), value, sum12);
            value = Vector256.Load(x + i + 3 * Lanes);
            sum03 = Vector256.MultiplyAddEstimate(TElement.Load256(first + 3 * size), value, sum03);
            sum13 = Vector256.MultiplyAddEstimate(TElement.Load256(second + 3 * size), value, sum13);
            first += 4 * size;
            second += 4 * size;
        }

        for (; i <= count - Lanes; i += Lanes)
        {
            Vector256<float> value = Vector256.Load(x + i);
            sum00 = Vector256.MultiplyAddEstimate(TElement.Load256(first), value, sum00);
            sum10 = Vector256.MultiplyAddEstimate(TElement.Load256(second), value, sum10);
            first += size;
            second += size;
        }

        sums[0] = Vector256.Sum((sum00 + sum01) + (sum02 + sum03));
        sums[1] = Vector256.Sum((sum10 + sum11) + (sum12 + sum13));
        for (; i < count; i++)
        {
            sums[0] += TElement.Load(first) * x[i];
            sums[1] += TElement.Load(second) * x[i];
            first += TElement.Size;
            second += TElement.Size;
        }
    }

    /// <summary>Σ weight · x, with four sums so that no product waits for the one before.</summary>
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

        float sum = Vector256.Sum((sum0 + sum1) + (sum2 + sum3));
        for (; i < count; i++)
        {
            sum += TElement.Load(weight) * x[i];
            weight += TElement.Size;
        }

        return sum;
    }
}
