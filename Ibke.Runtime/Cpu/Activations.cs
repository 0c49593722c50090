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
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation.");
        }
    }

    private readonly struct Values<TFunction>(float* x, float* y) : IKernel
        where TFunction : struct, IActivationFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            float* source = x;
            float* destination = y;
            for (int i = from; i < to; i += TLanes.Count)
            {
                TLanes value = TFunction.Value(Lanes.Load<TLanes>(source + i, to - i));
                Lanes.Store(value, destination + i, to - i);
            }
        }
    }

    private readonly struct Slopes<TFunction>(float* x, float* gradient, float* xGradient) : IKernel
        where TFunction : struct, IActivationFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            float* source = x;
            float* upstream = gradient;
            float* destination = xGradient;
            for (int i = from; i < to; i += TLanes.Count)
            {
                int count = to - i;
                TLanes slope = TFunction.ValueAndSlope(Lanes.Load<TLanes>(source + i, count)).Slope;
                TLanes sum = Lanes.Load<TLanes>(destination + i, count);
                sum = TLanes.MultiplyAdd(Lanes.Load<TLanes>(upstream + i, count), slope, sum);
                Lanes.Store(sum, destination + i, count);
            }
        }
    }
}
