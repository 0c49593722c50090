using Ibke.Runtime.Cpu;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class ExponentialTests
{
    [Fact]
    public void Forward_SpecialValues_AreTheLimits() => KernelCheck.Forward(
        [[0, 1, float.NegativeInfinity, -1e10f, float.NaN]], _ => [1, Math.E, 0, 0, double.NaN], Kernel, 5e-7);

    [Fact]
    public void Forward_AllLengths_AgreesWithReference()
    {
        for (int count = 0; count <= 130; count++)
        {
            KernelCheck.Forward([KernelCheck.Values(count, count, 6)], Reference, Kernel, 5e-7);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void Backward_SomeLengths_AgreesWithDifferences(int count) => KernelCheck.Backward(
        [KernelCheck.Values(count, 1, 3)],
        [0],
        Reference,
        (pool, inputs, gradient, gradients) =>
        {
            using NativeValues y = new(count);
            Exponential.Forward(pool, inputs[0], count, y.Pointer);
            Exponential.Backward(pool, y.Pointer, gradient, count, gradients[0]);
        },
        2e-6);

    private static void Kernel(WorkerPool pool, float*[] inputs, float* result, int count) => Exponential.Forward(pool, inputs[0], count, result);

    private static double[] Reference(double[][] inputs) => [.. inputs[0].Select(Math.Exp)];
}
