using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>y = f(x) elementwise, for each <see cref="Activation"/>.</summary>
internal static unsafe class Activations
{
    /// <summary>destination = f(x). The destination may be x.</summary>
    public static void Forward(WorkerPool pool, float* x, int count, Activation activation, float* destination)
    {
        switch (activation)
        {
            case Activation.Silu: Kernel.Run(pool, count, 1, new Values<SiluFunction>(x, destination)); break;
            case Activation.Gelu: Kernel.Run(pool, count, 1, new Values<GeluFunction>(x, destination)); break;
            case Activation.GeluTanh: Kernel.Run(pool, count, 1, new Values<GeluTanhFunction>(x, destination)); break;
            case Activation.Relu: Kernel.Run(pool, count, 1, new Values<ReluFunction>(x, destination)); break;
            case Activation.Sigmoid: Kernel.Run(pool, count, 1, new Values<SigmoidFunction>(x, destination)); break;
            case Activation.Tanh: Kernel.Run(pool, count, 1, new Values<TanhFunction>(x, destination)); break;
            case Activation.QuickGelu: Kernel.Run(pool, count, 1, new Values<QuickGeluFunction>(x, destination)); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation.");
        }
    }

    /// <summary>xGradient += gradient · f′(x).</summary>
    public static void Backward(WorkerPool pool, float* x, float* gradient, int count, Activation activation, float* xGradient)
    {
        switch (activation)
        {
            case Activation.Silu: Kernel.Run(pool, count, 1, new Slopes<SiluFunction>(x, gradient, xGradient)); break;
            case Activation.Gelu: Kernel.Run(pool, count, 1, new Slopes<GeluFunction>(x, gradient, xGradient)); break;
            case Activation.GeluTanh: Kernel.Run(pool, count, 1, new Slopes<GeluTanhFunction>(x, gradient, xGradient)); break;
            case Activation.Relu: Kernel.Run(pool, count, 1, new Slopes<ReluFunction>(x, gradient, xGradient)); break;
            case Activation.Sigmoid: Kernel.Run(pool, count, 1, new Slopes<SigmoidFunction>(x, gradient, xGradient)); break;
            case Activation.Tanh: Kernel.Run(pool, count, 1, new Slopes<TanhFunction>(x, gradient, xGradient)); break;
            case Activation.QuickGelu: Kernel.Run(pool, count, 1, new Slopes<QuickGeluFunction>(x, gradient, xGradient)); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation.");
        }
    }

    private readonly struct Values<TFunction>(float* x, float* y) : IKernel, ILaneStep
        where TFunction : struct, IActivationFunction
    {
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes> => LaneLoop.Run<TLanes, Values<TFunction>>(from, to, this);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLanes>(int i, int count)
            where TLanes : struct, ILanes<TLanes> =>
            Lanes.Store(TFunction.Value(Lanes.Load<TLanes>(x + i, count)), y + i, count);
    }

    private readonly struct Slopes<TFunction>(float* x, float* gradient, float* xGradient) : IKernel, ILaneStep
        where TFunction : struct, IActivationFunction
    {
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes> => LaneLoop.Run<TLanes, Slopes<TFunction>>(from, to, this);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLanes>(int i, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes slope = TFunction.ValueAndSlope(Lanes.Load<TLanes>(x + i, count)).Slope;
            TLanes sum = Lanes.Load<TLanes>(xGradient + i, count);
            Lanes.Store(TLanes.MultiplyAdd(Lanes.Load<TLanes>(gradient + i, count), slope, sum), xGradient + i, count);
        }
    }
}
