using Ibke.Runtime.Cpu;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class KlDivergenceTests
{
    [Fact]
    public void Forward_HandCalculated_IsExact() => KernelCheck.Forward(
        [[0, 0, 7, 7], [0, MathF.Log(3), 1, 1]], _ => [0.5 * Math.Log(4 / 3.0) / 2], Kernel(2, 2), 1e-6);

    [Fact]
    public void Forward_SameLogitsShifted_IsZero() =>
        KernelCheck.Forward([[1, 2, 3], [1001, 1002, 1003]], _ => [0], Kernel(1, 3), 1e-6);

    [Fact]
    public void Forward_ExcludedTokens_CountNothing() => KernelCheck.Forward(
        [[0, float.NegativeInfinity, 0], [0, 4, 0]], inputs => [Math.Log((2 + Math.Exp(4)) / 2)], Kernel(1, 3), 1e-6);

    [Fact]
    public void Forward_AllLengths_AgreesWithReference()
    {
        for (int columns = 1; columns <= 130; columns++)
        {
            KernelCheck.Forward(
                [KernelCheck.Values(3 * columns, columns, 5), KernelCheck.Values(3 * columns, columns + 1, 5)],
                inputs => Reference(inputs, columns),
                Kernel(3, columns),
                3e-6);
        }
    }

    [Fact]
    public void Forward_Weights_GivesTheWeightedSum() => KernelCheck.Forward(
        [[0, 0, 7, 7], [0, MathF.Log(3), 1, 5]], _ => [2 * 0.5 * Math.Log(4 / 3.0)], Kernel(2, 2, [2, 0]), 1e-6);

    [Theory]
    [InlineData(1, null)]
    [InlineData(6, null)]
    [InlineData(45, null)]
    [InlineData(6, new[] { 0.5f, 3, 2 })]
    [InlineData(45, new[] { 0, 3, 0.1f })]
    public void Backward_SomeSizes_AgreesWithDifferences(int columns, float[]? weights) => KernelCheck.Backward(
        [KernelCheck.Values(3 * columns, 1, 4), KernelCheck.Values(3 * columns, 2, 4)],
        [0, 1],
        inputs => Reference(inputs, columns, weights),
        (pool, inputs, gradient, gradients) =>
        {
            fixed (float* weight = weights)
            {
                KlDivergence.Backward(pool, inputs[0], inputs[1], weight, 3, columns, *gradient, gradients[0], gradients[1]);
            }
        },
        2e-6);

    private static ForwardKernel Kernel(int rows, int columns, float[]? weights = null) => (pool, inputs, result, _) =>
    {
        fixed (float* weight = weights)
        {
            KlDivergence.Forward(pool, inputs[0], inputs[1], weight, rows, columns, result);
        }
    };

    private static double[] Reference(double[][] inputs, int columns, float[]? weights = null)
    {
        double[] rows = [.. inputs[0].Chunk(columns).Zip(inputs[1].Chunk(columns), (p, q) =>
            SoftmaxTests.Row(p).Zip(SoftmaxTests.Row(q), (a, b) => a * (Math.Log(a) - Math.Log(b))).Sum())];
        return [rows.Select((divergence, row) => divergence * (weights?[row] ?? 1.0 / rows.Length)).Sum()];
    }
}
