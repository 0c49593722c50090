using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>y = f(gate) · up elementwise: SwiGLU with SiLU, GeGLU with GELU.</summary>
internal static unsafe class Gate
{
    /// <summary>destination = f(gate) · up. The destination may be gate or up.</summary>
    public static void Forward(WorkerPool pool, float* gate, float* up, int count, Activation activation, float* destination)
    {
        switch (activation)
        {
            case Activation.Silu: Kernel.Run(pool, count, 1, new Products<SiluFunction>(gate, up, destination)); break;
            case Activation.Gelu: Kernel.Run(pool, count, 1, new Products<GeluFunction>(gate, up, destination)); break;
            case Activation.GeluTanh: Kernel.Run(pool, count, 1, new Products<GeluTanhFunction>(gate, up, destination)); break;
            case Activation.Relu: Kernel.Run(pool, count, 1, new Products<ReluFunction>(gate, up, destination)); break;
            case Activation.Sigmoid: Kernel.Run(pool, count, 1, new Products<SigmoidFunction>(gate, up, destination)); break;
            case Activation.Tanh: Kernel.Run(pool, count, 1, new Products<TanhFunction>(gate, up, destination)); break;
            case Activation.QuickGelu: Kernel.Run(pool, count, 1, new Products<QuickGeluFunction>(gate, up, destination)); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation.");
        }
    }

    /// <summary>gradient · up · f′(gate) to gateGradient, gradient · f(gate) to upGradient.</summary>
    public static void Backward(
        WorkerPool pool, float* gate, float* up, float* gradient, int count, Activation activation,
        GradientPlace gateGradient, GradientPlace upGradient)
    {
        Sources sources = new(gate, up, gradient);
        switch (activation)
        {
            case Activation.Silu: Kernel.Run(pool, count, 1, new Slopes<SiluFunction>(sources, gateGradient, upGradient)); break;
            case Activation.Gelu: Kernel.Run(pool, count, 1, new Slopes<GeluFunction>(sources, gateGradient, upGradient)); break;
            case Activation.GeluTanh: Kernel.Run(pool, count, 1, new Slopes<GeluTanhFunction>(sources, gateGradient, upGradient)); break;
            case Activation.Relu: Kernel.Run(pool, count, 1, new Slopes<ReluFunction>(sources, gateGradient, upGradient)); break;
            case Activation.Sigmoid: Kernel.Run(pool, count, 1, new Slopes<SigmoidFunction>(sources, gateGradient, upGradient)); break;
            case Activation.Tanh: Kernel.Run(pool, count, 1, new Slopes<TanhFunction>(sources, gateGradient, upGradient)); break;
            case Activation.QuickGelu: Kernel.Run(pool, count, 1, new Slopes<QuickGeluFunction>(sources, gateGradient, upGradient)); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation.");
        }
    }

    private readonly struct Sources(float* gate, float* up, float* gradient)
    {
        public float* Gate => gate;

        public float* Up => up;

        public float* Gradient => gradient;
    }

    private readonly struct Products<TFunction>(float* gate, float* up, float* y) : IKernel, ILaneStep
        where TFunction : struct, IActivationFunction
    {
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes> => LaneLoop.Run<TLanes, Products<TFunction>>(from, to, this);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLanes>(int i, int count)
            where TLanes : struct, ILanes<TLanes> =>
            Lanes.Store(TFunction.Value(Lanes.Load<TLanes>(gate + i, count)) * Lanes.Load<TLanes>(up + i, count), y + i, count);
    }

    private readonly struct Slopes<TFunction>(Sources sources, GradientPlace gateGradient, GradientPlace upGradient) : IKernel, ILaneStep
        where TFunction : struct, IActivationFunction
    {
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes> => LaneLoop.Run<TLanes, Slopes<TFunction>>(from, to, this);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLanes>(int i, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes g = Lanes.Load<TLanes>(sources.Gradient + i, count);
            (TLanes value, TLanes slope) = TFunction.ValueAndSlope(Lanes.Load<TLanes>(sources.Gate + i, count));
            if (gateGradient.Values != null)
            {
                TLanes sum = gateGradient.Add ? Lanes.Load<TLanes>(gateGradient.Values + i, count) : TLanes.Create(0f);
                Lanes.Store(TLanes.MultiplyAdd(g * Lanes.Load<TLanes>(sources.Up + i, count), slope, sum), gateGradient.Values + i, count);
            }

            if (upGradient.Values != null)
            {
                TLanes sum = upGradient.Add ? Lanes.Load<TLanes>(upGradient.Values + i, count) : TLanes.Create(0f);
                Lanes.Store(TLanes.MultiplyAdd(g, value, sum), upGradient.Values + i, count);
            }
        }
    }
}
