using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ibke.Runtime.Cpu;

/// <content>AVX2.</content>
internal static unsafe partial class MatrixVector
{
    private static void Vector256Rows<TElement>(Operands operands, int from, int to)
        where TElement : struct, IStoredElement
    {
        for (int output = from; output < to; output++)
        {
            byte* weight = operands.WeightRow<TElement>(output);
            for (int row = 0; row < operands.Rows; row++)
            {
                operands.Set(row, output, Vector256Dot<TElement>(weight, operands.XRow(row), operands.Inputs));
            }
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
