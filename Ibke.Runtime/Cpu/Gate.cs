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
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation.");
        }
    }

    /// <summary>gateGradient += gradient · up · f′(gate); upGradient += gradient · f(gate). Either may be null.</summary>
    public static void Backward(
        WorkerPool pool, float* gate, float* up, float* gradient, int count, Activation activation, float* gateGradient, float* upGradient)
    {
        Sources sources = new(gate, up, gradient);
        switch (activation)
        {
            case Activation.Silu: Kernel.Run(pool, count, 1, new Slopes<SiluFunction>(sources, gateGradient, upGradient)); break;
            case Activation.Gelu: Kernel.Run(pool, count, 1, new Slopes<GeluFunction>(sources, gateGradient, upGradient)); break;
            case Activation.GeluTanh: Kernel.Run(pool, count, 1, new Slopes<GeluTanhFunction>(sources, gateGradient, upGradient)); break;
            case Activation.Relu: Kernel.Run(pool, count, 1, new Slopes<ReluFunction>(sources, gateGradient, upGradient)); break;
            case Activation.Sigmoid: Kernel.Run(pool, count, 1, new Slopes<SigmoidFunction>(sources, gateGradient, upGradient)); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation.");
        }
    }

    private readonly struct Sources(float* gate, float* up, float* gradient)
    {
        public float* Gate => gate;

        public float* Up => up;

        public float* Gradient => gradient;
    }

    private readonly struct Products<TFunction>(float* gate, float* up, float* y) : IKernel
        where TFunction : struct, IActivationFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            float* gates = gate;
            float* ups = up;
            float* destination = y;
            for (int i = from; i < to; i += TLanes.Count)
            {
                int count = to - i;
                TLanes value = TFunction.Value(Lanes.Load<TLanes>(gates + i, count));
                Lanes.Store(value * Lanes.Load<TLanes>(ups + i, count), destination + i, count);
            }
        }
    }

    private readonly struct Slopes<TFunction>(Sources sources, float* gateGradient, float* upGradient) : IKernel
        where TFunction : struct, IActivationFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int i = from; i < to; i += TLanes.Count)
            {
                int count = to - i;
                TLanes g = Lanes.Load<TLanes>(sources.Gradient + i, count);
                (TLanes value, TLanes slope) = TFunction.ValueAndSlope(Lanes.Load<TLanes>(sources.Gate + i, count));
                if (gateGradient != null)
                {
                    TLanes sum = Lanes.Load<TLanes>(gateGradient + i, count);
                    sum = TLanes.MultiplyAdd(g * Lanes.Load<TLanes>(sources.Up + i, count), slope, sum);
                    Lanes.Store(sum, gateGradient + i, count);
                }

                if (upGradient != null)
                {
                    TLanes sum = TLanes.MultiplyAdd(g, value, Lanes.Load<TLanes>(upGradient + i, count));
                    Lanes.Store(sum, upGradient + i, count);
                }
            }
        }
    }
}
