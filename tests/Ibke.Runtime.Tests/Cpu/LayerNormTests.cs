using Ibke.Runtime.Cpu;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class LayerNormTests
{
    private const float Epsilon = 1e-5f;

    [Fact]
    public void Forward_HandCalculated_IsExact() => KernelCheck.Forward(
        [[1, 3, 5, 7], [1, 1, 2, 2], [0, 1, 0, 1]],
        _ => [-3 / Math.Sqrt(5), 1 - (1 / Math.Sqrt(5)), 2 / Math.Sqrt(5), 1 + (6 / Math.Sqrt(5))],
        (pool, inputs, result, _) => LayerNorm.Forward(pool, inputs[0], inputs[1], inputs[2], 1, 4, 0, result),
        1e-6);

    [Fact]
    public void Forward_LargeMean_KeepsTheVariance() => KernelCheck.Forward(
        [[.. Enumerable.Range(0, 64).Select(i => 10000f + (i % 2))], [.. Enumerable.Repeat(1f, 64)]],
        _ => [.. Enumerable.Range(0, 64).Select(i => i % 2 == 0 ? -1.0 : 1.0)],
        (pool, inputs, result, _) => LayerNorm.Forward(pool, inputs[0], inputs[1], null, 1, 64, 0, result),
        1e-6);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forward_AllLengths_AgreesWithReference(bool bias)
    {
        for (int columns = 2; columns <= 130; columns++)
        {
            KernelCheck.Forward(
                Inputs(3, columns, bias),
                Reference,
                (pool, inputs, result, count) =>
                    LayerNorm.Forward(pool, inputs[0], inputs[1], bias ? inputs[2] : null, count / columns, columns, Epsilon, result),
                2e-5);
        }
    }

    [Theory]
    [InlineData(3, 7, true)]
    [InlineData(4, 24, true)]
    [InlineData(2, 83, true)]
    [InlineData(33, 16, true)]
    [InlineData(3, 20, false)]
    public void Backward_SomeSizes_AgreesWithDifferences(int rows, int columns, bool bias) => KernelCheck.Backward(
        Inputs(rows, columns, bias),
        bias ? [0, 1, 2] : [0, 1],
        Reference,
        (pool, inputs, gradient, gradients) => LayerNorm.Backward(
            pool, inputs[0], inputs[1], gradient, rows, columns, Epsilon, gradients[0], gradients[1], bias ? gradients[2] : null),
        1e-5);

    private static float[][] Inputs(int rows, int columns, bool bias)
    {
        float[][] inputs = [KernelCheck.Values(rows * columns, columns), KernelCheck.Values(columns, 1), KernelCheck.Values(columns, 2)];
        return bias ? inputs : inputs[..2];
    }

    private static double[] Reference(double[][] inputs) => [.. inputs[0].Chunk(inputs[1].Length).SelectMany(row =>
    {
        double mean = row.Average();
        double scale = 1 / Math.Sqrt(row.Average(value => (value - mean) * (value - mean)) + Epsilon);
        return row.Select((value, i) => ((value - mean) * scale * inputs[1][i]) + (inputs.Length > 2 ? inputs[2][i] : 0));
    })];
}
