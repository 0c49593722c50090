using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ibke.Runtime.Cpu;

/// <content>AVX-512.</content>
internal static unsafe partial class MatrixVector
{
    private static void Vector512Rows<TElement>(Operands operands, int from, int to)
        where TElement : struct, IStoredElement
    {
        for (int output = from; output < to; output++)
        {
            byte* weight = operands.WeightRow<TElement>(output);
            for (int row = 0; row < operands.Rows; row++)
            {
                operands.Set(row, output, Vector512Dot<TElement>(weight, operands.XRow(row), operands.Inputs));
            }
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
