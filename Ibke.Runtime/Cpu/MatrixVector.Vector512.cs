using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ibke.Runtime.Cpu;

/// <content>AVX-512.</content>
internal static unsafe partial class MatrixVector
{
    private static void Vector512Rows<TElement>(Operands operands, int from, int to)
        where TElement : struct, IStoredElement
    {
        const int Group = 4;
        float* sums = stackalloc float[Group];
        int output = from;
        for (; operands.Inputs >= LongRow && output <= to - Group; output += Group)
        {
            byte* weight = operands.WeightRow<TElement>(output);
            for (int row = 0; row < operands.Rows; row++)
            {
                Vector512DotFour<TElement>(weight, (long)operands.Inputs * TElement.Size, operands.XRow(row), operands.Inputs, sums);
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
                operands.Set(row, output, Vector512Dot<TElement>(weight, operands.XRow(row), operands.Inputs));
            }
        }
    }

    /// <summary>Σ weight · x for four neighbouring rows of W, to the same bits as one by one: x, which may not stay in the first cache, is read once for them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Vector512DotFour<TElement>(byte* weight, long stride, float* x, int count, float* sums)
        where TElement : struct, IStoredElement
    {
        const int Lanes = 16;
        int size = Lanes * TElement.Size;
        byte* first = weight, second = first + stride, third = second + stride, fourth = third + stride;
        Vector512<float> sum00 = default, sum01 = default, sum02 = default, sum03 = default;
        Vector512<float> sum10 = default, sum11 = default, sum12 = default, sum13 = default;
        Vector512<float> sum20 = default, sum21 = default, sum22 = default, sum23 = default;
        Vector512<float> sum30 = default, sum31 = default, sum32 = default, sum33 = default;
        int i = 0;
        for (; i <= count - 4 * Lanes; i += 4 * Lanes)
        {
            Vector512<float> value = Vector512.Load(x + i);
            sum00 = Vector512.MultiplyAddEstimate(TElement.Load512(first), value, sum00);
            sum10 = Vector512.MultiplyAddEstimate(TElement.Load512(second), value, sum10);
            sum20 = Vector512.MultiplyAddEstimate(TElement.Load512(third), value, sum20);
            sum30 = Vector512.MultiplyAddEstimate(TElement.Load512(fourth), value, sum30);
            value = Vector512.Load(x + i + Lanes);
            sum01 = Vector512.MultiplyAddEstimate(TElement.Load512(first + size), value, sum01);
            sum11 = Vector512.MultiplyAddEstimate(TElement.Load512(second + size), value, sum11);
            sum21 = Vector512.MultiplyAddEstimate(TElement.Load512(third + size), value, sum21);
            sum31 = Vector512.MultiplyAddEstimate(TElement.Load512(fourth + size), value, sum31);
            value = Vector512.Load(x + i + 2 * Lanes);
            sum02 = Vector512.MultiplyAddEstimate(TElement.Load512(first + 2 * size), value, sum02);
            sum12 = Vector512.MultiplyAddEstimate(TElement.Load512(second + 2 * size), value, sum12);
            sum22 = Vector512.MultiplyAddEstimate(TElement.Load512(third + 2 * size), value, sum22);
            sum32 = Vector512.MultiplyAddEstimate(TElement.Load512(fourth + 2 * size), value, sum32);
            value = Vector512.Load(x + i + 3 * Lanes);
            sum03 = Vector512.MultiplyAddEstimate(TElement.Load512(first + 3 * size), value, sum03);
            sum13 = Vector512.MultiplyAddEstimate(TElement.Load512(second + 3 * size), value, sum13);
            sum23 = Vector512.MultiplyAddEstimate(TElement.Load512(third + 3 * size), value, sum23);
            sum33 = Vector512.MultiplyAddEstimate(TElement.Load512(fourth + 3 * size), value, sum33);
            first += 4 * size;
            second += 4 * size;
            third += 4 * size;
            fourth += 4 * size;
        }

        for (; i <= count - Lanes; i += Lanes)
        {
            Vector512<float> value = Vector512.Load(x + i);
            sum00 = Vector512.MultiplyAddEstimate(TElement.Load512(first), value, sum00);
            sum10 = Vector512.MultiplyAddEstimate(TElement.Load512(second), value, sum10);
            sum20 = Vector512.MultiplyAddEstimate(TElement.Load512(third), value, sum20);
            sum30 = Vector512.MultiplyAddEstimate(TElement.Load512(fourth), value, sum30);
            first += size;
            second += size;
            third += size;
            fourth += size;
        }

        sums[0] = Vector512.Sum((sum00 + sum01) + (sum02 + sum03));
        sums[1] = Vector512.Sum((sum10 + sum11) + (sum12 + sum13));
        sums[2] = Vector512.Sum((sum20 + sum21) + (sum22 + sum23));
        sums[3] = Vector512.Sum((sum30 + sum31) + (sum32 + sum33));
        for (; i < count; i++)
        {
            sums[0] += TElement.Load(first) * x[i];
            sums[1] += TElement.Load(second) * x[i];
            sums[2] += TElement.Load(third) * x[i];
            sums[3] += TElement.Load(fourth) * x[i];
            first += TElement.Size;
            second += TElement.Size;
            third += TElement.Size;
            fourth += TElement.Size;
        }
    }

    /// <summary>Σ weight · x, with four sums so that no product waits for the one before.</summary>
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

        float sum = Vector512.Sum((sum0 + sum1) + (sum2 + sum3));
        for (; i < count; i++)
        {
            sum += TElement.Load(weight) * x[i];
            weight += TElement.Size;
        }

        return sum;
    }
}
