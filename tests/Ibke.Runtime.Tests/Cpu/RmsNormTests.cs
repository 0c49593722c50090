using Ibke.Runtime.Cpu;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class RmsNormTests
{
    private const float Epsilon = 1e-5f;

    [Fact]
    public void Forward_HandCalculated_IsExact() => KernelCheck.Forward(
        [[3, 4], [2, 10]],
        _ => [3 / Math.Sqrt(12.5) * 2, 4 / Math.Sqrt(12.5) * 10],
        (pool, inputs, result, _) => RmsNorm.Forward(pool, inputs[0], inputs[1], 1, 2, 0, false, result),
        1e-6);

    [Fact]
    public void Forward_ZeroRow_IsZero() => KernelCheck.Forward(
        [[0, 0, 0], [1, 1, 1]],
        _ => [0, 0, 0],
        (pool, inputs, result, _) => RmsNorm.Forward(pool, inputs[0], inputs[1], 1, 3, Epsilon, false, result),
        0);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forward_AllLengths_AgreesWithReference(bool plusOne)
    {
        for (int columns = 1; columns <= 130; columns++)
        {
            KernelCheck.Forward(
                [KernelCheck.Values(3 * columns, columns), KernelCheck.Values(columns, columns + 1)],
                inputs => Reference(inputs, plusOne),
                (pool, inputs, result, count) => RmsNorm.Forward(pool, inputs[0], inputs[1], count / columns, columns, Epsilon, plusOne, result),
                2e-6);
        }
    }

    [Theory]
    [InlineData(5, 1, false)]
    [InlineData(3, 7, true)]
    [InlineData(4, 24, false)]
    [InlineData(2, 83, true)]
    [InlineData(33, 16, false)]
    public void Backward_SomeSizes_AgreesWithDifferences(int rows, int columns, bool plusOne) => KernelCheck.Backward(
        [KernelCheck.Values(rows * columns, 1), KernelCheck.Values(columns, 2)],
        [0, 1],
        inputs => Reference(inputs, plusOne),
        (pool, inputs, gradient, gradients) =>
            RmsNorm.Backward(pool, inputs[0], inputs[1], gradient, rows, columns, Epsilon, plusOne, gradients[0], gradients[1]),
        1e-5);

    private static double[] Reference(double[][] inputs, bool plusOne)
    {
        int columns = inputs[1].Length;
        return [.. inputs[0].Chunk(columns).SelectMany(row =>
        {
            double scale = 1 / Math.Sqrt(row.Average(value => value * value) + Epsilon);
            return row.Select((value, i) => value * scale * (inputs[1][i] + (plusOne ? 1 : 0)));
        })];
    }
}
