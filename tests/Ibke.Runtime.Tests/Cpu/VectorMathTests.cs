using Ibke.Runtime.Cpu;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class VectorMathTests
{
    private static readonly float[] Specials =
    [
        0, -0f, float.Epsilon, -float.Epsilon, 1e-20f, -1e-20f, 1e-4f, -1e-4f, 1, -1, 0.625f, -0.625f, 20, -20, 87.3f, -87.3f, 88.7f, -88.7f, 90, -90,
        103.9f, -103.9f, 1000, -1000, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
    ];

    public static TheoryData<string> Sets => [.. Enum.GetNames<InstructionSet>()];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Exp_AnyArgument_IsWithinTwoUnits(string set) => Check(set, new ExpFunction(), Math.Exp, 2, -110, 90);

    [Theory]
    [MemberData(nameof(Sets))]
    public void Tanh_AnyArgument_IsWithinTwoUnits(string set) => Check(set, new TanhFunction(), Math.Tanh, 2, -12, 12);

    [Theory]
    [MemberData(nameof(Sets))]
    public void Sigmoid_AnyArgument_IsWithinThreeUnits(string set) =>
        Check(set, new SigmoidFunction(), x => 1 / (1 + Math.Exp(-x)), 3, -80, 30);

    [Theory]
    [MemberData(nameof(Sets))]
    public void Erf_AnyArgument_IsWithinThreeUnits(string set) => Check(set, new ErfFunction(), ErrorFunction.Value, 3, -5, 5);

    [Fact]
    public void Sigmoid_FarBelow_IsZero() => Assert.Equal(0, Apply(InstructionSets.Best, new SigmoidFunction(), [-1000])[0]);

    [Fact]
    public void Exp_AtZero_IsExactlyOne()
    {
        foreach (InstructionSet set in KernelCheck.InstructionSets)
        {
            Assert.Equal([1, 1], Apply(set, new ExpFunction(), [0, -0f]));
        }
    }

    private static void Check<TFunction>(string name, TFunction function, Func<double, double> reference, double units, double low, double high)
        where TFunction : struct, IFunction
    {
        InstructionSet set = Enum.Parse<InstructionSet>(name);
        float[] arguments = [.. Enumerable.Range(0, 40000).Select(i => (float)(low + ((high - low) * i / 39999))), .. Specials];
        if (function is SigmoidFunction)
        {
            // Below this the intermediate exponential is infinite and the result 0 in place of a subnormal number.
            arguments = [.. arguments.Where(x => !(x < -88))];
        }

        float[] actual = Apply(set, function, arguments);
        for (int i = 0; i < arguments.Length; i++)
        {
            double expected = reference(arguments[i]);
            if (double.IsNaN(expected) || double.IsInfinity((float)expected))
            {
                Assert.Equal((float)expected, actual[i]);
                continue;
            }

            float nearest = Math.Abs((float)expected);
            double unit = MathF.BitIncrement(nearest) - nearest;
            Assert.True(Math.Abs(actual[i] - expected) <= units * unit, $"{function} of {arguments[i]:g9} is {actual[i]:g9}, expected {expected:g9}.");
        }
    }

    private static float[] Apply<TFunction>(InstructionSet set, TFunction function, float[] arguments)
        where TFunction : struct, IFunction
    {
        using WorkerPool pool = new(1, set);
        using NativeValues x = new(arguments);
        using NativeValues y = new(arguments.Length);
        Kernel.Run(pool, arguments.Length, 1, new Map<TFunction>(function, x.Pointer, y.Pointer));
        return y.ToArray();
    }

    private interface IFunction
    {
        TLanes Apply<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes>;
    }

    private readonly struct ExpFunction : IFunction
    {
        public TLanes Apply<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes> => VectorMath.Exp(x);
    }

    private readonly struct TanhFunction : IFunction
    {
        public TLanes Apply<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes> => VectorMath.Tanh(x);
    }

    private readonly struct SigmoidFunction : IFunction
    {
        public TLanes Apply<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes> => VectorMath.Sigmoid(x);
    }

    private readonly struct ErfFunction : IFunction
    {
        public TLanes Apply<TLanes>(TLanes x)
            where TLanes : struct, ILanes<TLanes> => VectorMath.Erf(x);
    }

    private readonly struct Map<TFunction>(TFunction function, float* x, float* y) : IKernel
        where TFunction : struct, IFunction
    {
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int i = from; i < to; i += TLanes.Count)
            {
                Lanes.Store(function.Apply(Lanes.Load<TLanes>(x + i, to - i)), y + i, to - i);
            }
        }
    }
}
