using Ibke.Runtime.Cpu;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class SoftmaxTests
{
    public static double[] Row(double[] x)
    {
        double largest = x.Max();
        double[] powers = [.. x.Select(value => Math.Exp(value - largest))];
        double sum = powers.Sum();
        return [.. powers.Select(value => value / sum)];
    }

    [Fact]
    public void Forward_HandCalculated_IsExact() =>
        KernelCheck.Forward([[0, MathF.Log(3), 5, 5]], _ => [0.25, 0.75, 0.5, 0.5], Kernel(2), 1e-7);

    [Fact]
    public void Forward_AllLengths_AgreesWithReference()
    {
        for (int columns = 1; columns <= 130; columns++)
        {
            float[] x = KernelCheck.Values(3 * columns, columns, 8);
            KernelCheck.Forward([x], inputs => Reference(inputs[0], columns), Kernel(columns), 5e-7);
        }
    }

    [Fact]
    public void Forward_HugeAndMaskedValues_DoesNotOverflow() => KernelCheck.Forward(
        [[1e30f, 1e30f, -1e30f, float.NegativeInfinity, -1e38f]], _ => [0.5, 0.5, 0, 0, 0], Kernel(5), 0);

    [Fact]
    public void Forward_NotANumber_FillsItsRowOnly() => KernelCheck.Forward(
        [[1, float.NaN, 2, 2]], _ => [double.NaN, double.NaN, 0.5, 0.5], Kernel(2), 1e-7);

    [Fact]
    public void Forward_InPlace_IsTheSame()
    {
        float[] x = KernelCheck.Values(2 * 37, 5);
        using WorkerPool pool = new(1);
        using NativeValues place = new(x);
        Softmax.Forward(pool, place.Pointer, 2, 37, place.Pointer);
        Assert.Equal(KernelCheck.Run(InstructionSets.Best, 1, [x], x.Length, Kernel(37)), place.ToArray());
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(3, 5)]
    [InlineData(2, 40)]
    public void Backward_SomeSizes_AgreesWithDifferences(int rows, int columns) => KernelCheck.Backward(
        [KernelCheck.Values(rows * columns, 3)],
        [0],
        inputs => Reference(inputs[0], columns),
        (pool, inputs, gradient, gradients) =>
        {
            using NativeValues y = new(rows * columns);
            Softmax.Forward(pool, inputs[0], rows, columns, y.Pointer);
            Softmax.Backward(pool, y.Pointer, gradient, rows, columns, gradients[0]);
        },
        1e-6);

    private static ForwardKernel Kernel(int columns) =>
        (pool, inputs, result, count) => Softmax.Forward(pool, inputs[0], count / columns, columns, result);

    private static double[] Reference(double[] x, int columns) => [.. x.Chunk(columns).SelectMany(Row)];
}
