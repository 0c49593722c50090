using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class ActivationsTests
{
    public static TheoryData<Activation> All => [.. Enum.GetValues<Activation>()];

    public static double Value(Activation activation, double x) => activation switch
    {
        Activation.Silu => x / (1 + Math.Exp(-x)),
        Activation.Gelu => x * (1 + ErrorFunction.Value(x / Math.Sqrt(2))) / 2,
        Activation.GeluTanh => x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))) / 2,
        Activation.Relu => Math.Max(x, 0),
        Activation.Tanh => Math.Tanh(x),
        Activation.QuickGelu => x / (1 + Math.Exp(-1.702 * x)),
        _ => 1 / (1 + Math.Exp(-x)),
    };

    [Theory]
    [InlineData(Activation.Silu, 1f, 0.7310586f)]
    [InlineData(Activation.Silu, -2f, -0.23840584f)]
    [InlineData(Activation.Gelu, 1f, 0.8413447f)]
    [InlineData(Activation.GeluTanh, 1f, 0.841192f)]
    [InlineData(Activation.Relu, -3f, 0f)]
    [InlineData(Activation.Relu, 3f, 3f)]
    [InlineData(Activation.Sigmoid, 0f, 0.5f)]
    [InlineData(Activation.Tanh, 1f, 0.7615942f)]
    [InlineData(Activation.QuickGelu, 1f, 0.8457958f)]
    public void Forward_KnownValue_IsExact(Activation activation, float x, float expected) =>
        KernelCheck.Forward([[x]], _ => [expected], Kernel(activation), 1e-6);

    [Theory]
    [MemberData(nameof(All))]
    public void Forward_AllLengths_AgreesWithReference(Activation activation)
    {
        for (int count = 0; count <= 130; count++)
        {
            float[] x = KernelCheck.Values(count, count, 6);
            KernelCheck.Forward([x], inputs => [.. inputs[0].Select(value => Value(activation, value))], Kernel(activation), 5e-7);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Forward_ManyRanges_AgreesWithReference(Activation activation) => KernelCheck.Forward(
        [KernelCheck.Values(40003, 1, 5)], inputs => [.. inputs[0].Select(value => Value(activation, value))], Kernel(activation), 5e-7);

    [Theory]
    [MemberData(nameof(All))]
    public void Forward_ExtremeValues_StayFinite(Activation activation)
    {
        float[] x = [0, -0f, 1e-30f, -1e-30f, 50, -50, 100, -100, 1e4f, -1e4f, 1e10f, -1e10f];
        KernelCheck.Forward([x], inputs => [.. inputs[0].Select(value => Value(activation, value))], Kernel(activation), 5e-7);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Forward_NotANumber_StaysSo(Activation activation) =>
        KernelCheck.Forward([[float.NaN, 1]], _ => [double.NaN, Value(activation, 1)], Kernel(activation), 5e-7);

    [Theory]
    [MemberData(nameof(All))]
    public void Forward_InPlace_IsTheSame(Activation activation)
    {
        using WorkerPool pool = new(1);
        float[] x = KernelCheck.Values(37, 3);
        using NativeValues place = new(x);
        Activations.Forward(pool, place.Pointer, 37, activation, place.Pointer);
        Assert.Equal(KernelCheck.Run(InstructionSets.Best, 1, [x], 37, Kernel(activation)), place.ToArray());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Backward_SomeLengths_IsTheSlope(Activation activation)
    {
        foreach (int count in new[] { 1, 7, 16, 33, 70 })
        {
            KernelCheck.Backward(
                [KernelCheck.Values(count, count, 5)],
                [0],
                inputs => [.. inputs[0].Select(value => Value(activation, value))],
                (pool, inputs, gradient, gradients) => Activations.Backward(pool, inputs[0], gradient, count, activation, gradients[0]),
                2e-6);
        }
    }

    [Theory]
    [InlineData(Activation.Silu, 1, 0)]
    [InlineData(Activation.Gelu, 1, 0)]
    [InlineData(Activation.GeluTanh, 1, 0)]
    [InlineData(Activation.Relu, 1, 0)]
    [InlineData(Activation.Sigmoid, 0, 0)]
    [InlineData(Activation.Tanh, 0, 0)]
    [InlineData(Activation.QuickGelu, 1, 0)]
    public void Backward_FarOut_IsTheLimit(Activation activation, float above, float below)
    {
        foreach (InstructionSet set in KernelCheck.InstructionSets)
        {
            using WorkerPool pool = new(1, set);
            using NativeValues x = new([200f, -200f]);
            using NativeValues gradient = new([1f, 1f]);
            using NativeValues slopes = new(2);
            Activations.Backward(pool, x.Pointer, gradient.Pointer, 2, activation, slopes.Pointer);
            Assert.Equal([above, below], slopes.ToArray());
        }
    }

    [Fact]
    public void Backward_ReluAtZero_IsZero() => KernelCheck.Forward(
        [[0f]], _ => [0], (pool, inputs, result, _) => ReluSlope(pool, inputs[0], result), 0);

    private static void ReluSlope(WorkerPool pool, float* x, float* slope)
    {
        *slope = 0;
        float one = 1;
        Activations.Backward(pool, x, &one, 1, Activation.Relu, slope);
    }

    private static ForwardKernel Kernel(Activation activation) =>
        (pool, inputs, result, count) => Activations.Forward(pool, inputs[0], count, activation, result);
}
