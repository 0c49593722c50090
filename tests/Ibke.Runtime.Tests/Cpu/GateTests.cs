using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class GateTests
{
    public static TheoryData<Activation> All => [.. Enum.GetValues<Activation>()];

    [Fact]
    public void Forward_Silu_IsHandCalculated() => KernelCheck.Forward(
        [[0, 1, -1], [5, 2, 3]],
        _ => [0, 2 * 0.7310585786, -3 * 0.2689414214],
        (pool, inputs, result, count) => Gate.Forward(pool, inputs[0], inputs[1], count, Activation.Silu, result),
        1e-6);

    [Theory]
    [MemberData(nameof(All))]
    public void Forward_AllLengths_AgreesWithReference(Activation activation)
    {
        for (int count = 0; count <= 70; count++)
        {
            KernelCheck.Forward(
                [KernelCheck.Values(count, count, 5), KernelCheck.Values(count, count + 1)],
                Reference(activation),
                (pool, inputs, result, length) => Gate.Forward(pool, inputs[0], inputs[1], length, activation, result),
                1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Backward_SomeLengths_AgreesWithDifferences(Activation activation)
    {
        foreach (int count in new[] { 1, 15, 16, 35 })
        {
            KernelCheck.Backward(
                [KernelCheck.Values(count, count, 5), KernelCheck.Values(count, count + 1)],
                [0, 1],
                Reference(activation),
                (pool, inputs, gradient, gradients) =>
                    Gate.Backward(pool, inputs[0], inputs[1], gradient, count, activation, gradients[0], gradients[1]),
                3e-6);
        }
    }

    private static Reference Reference(Activation activation) =>
        inputs => [.. inputs[0].Zip(inputs[1], (gate, up) => ActivationsTests.Value(activation, gate) * up)];
}
