using Ibke.Runtime.Cpu;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class SoftCapTests
{
    [Fact]
    public void Forward_SpecialValues_StayWithinTheCap() => KernelCheck.Forward(
        [[0, 2, -2, 1e10f, -1e10f, float.PositiveInfinity]], _ => [0, 2 * Math.Tanh(1), -2 * Math.Tanh(1), 2, -2, 2], Kernel(2), 1e-6);

    [Fact]
    public void Forward_AllLengths_AgreesWithReference()
    {
        for (int count = 0; count <= 130; count++)
        {
            KernelCheck.Forward([KernelCheck.Values(count, count, 90)], Reference, Kernel(30), 1e-6);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void Backward_SomeLengths_AgreesWithDifferences(int count) => KernelCheck.Backward(
        [KernelCheck.Values(count, 1, 90)],
        [0],
        Reference,
        (pool, inputs, gradient, gradients) => SoftCap.Backward(pool, inputs[0], gradient, count, 30, gradients[0]),
        1e-6);

    private static ForwardKernel Kernel(float cap) => (pool, inputs, result, count) => SoftCap.Forward(pool, inputs[0], count, cap, result);

    private static double[] Reference(double[][] inputs) => [.. inputs[0].Select(x => 30 * Math.Tanh(x / 30))];
}
