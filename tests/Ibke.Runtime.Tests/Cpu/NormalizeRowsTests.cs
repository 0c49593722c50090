using Ibke.Runtime.Cpu;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class NormalizeRowsTests
{
    [Fact]
    public void Forward_HandCalculated_IsExact() => KernelCheck.Forward([[3, 4, 0, 0]], _ => [0.6, 0.8, 0, 0], Kernel(2), 1e-7);

    [Fact]
    public void Forward_AllLengths_AgreesWithReference()
    {
        for (int columns = 1; columns <= 130; columns++)
        {
            float[] x = KernelCheck.Values(3 * columns, columns);
            KernelCheck.Forward([x], inputs => Reference(inputs[0], columns), Kernel(columns), 1e-6);
        }
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(4, 21)]
    [InlineData(2, 70)]
    public void Backward_SomeSizes_AgreesWithDifferences(int rows, int columns) => KernelCheck.Backward(
        [KernelCheck.Values(rows * columns, 1)],
        [0],
        inputs => Reference(inputs[0], columns),
        (pool, inputs, gradient, gradients) => NormalizeRows.Backward(pool, inputs[0], gradient, rows, columns, gradients[0]),
        5e-6);

    private static ForwardKernel Kernel(int columns) =>
        (pool, inputs, result, count) => NormalizeRows.Forward(pool, inputs[0], count / columns, columns, result);

    private static double[] Reference(double[] x, int columns) => [.. x.Chunk(columns).SelectMany(row =>
    {
        double norm = Math.Max(Math.Sqrt(row.Sum(value => value * value)), 1e-12);
        return row.Select(value => value / norm);
    })];
}
