using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>y = exp(x) elementwise.</summary>
internal static unsafe class Exponential
{
    /// <summary>destination = exp(x). The destination may be x.</summary>
    public static void Forward(WorkerPool pool, float* x, int count, float* destination) =>
        Kernel.Run(pool, count, 1, new Values(x, destination));

    /// <summary>xGradient += gradient · y, for exp is its own slope.</summary>
    public static void Backward(WorkerPool pool, float* y, float* gradient, int count, float* xGradient) =>
        Kernel.Run(pool, count, 1, new Slopes(y, gradient, xGradient));

    private readonly struct Values(float* x, float* y) : IKernel, ILaneStep
    {
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes> => LaneLoop.Run<TLanes, Values>(from, to, this);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLanes>(int i, int count)
            where TLanes : struct, ILanes<TLanes> =>
            Lanes.Store(VectorMath.Exp(Lanes.Load<TLanes>(x + i, count)), y + i, count);
    }

    private readonly struct Slopes(float* y, float* gradient, float* xGradient) : IKernel, ILaneStep
    {
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes> => LaneLoop.Run<TLanes, Slopes>(from, to, this);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLanes>(int i, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes sum = Lanes.Load<TLanes>(xGradient + i, count);
            Lanes.Store(TLanes.MultiplyAdd(Lanes.Load<TLanes>(gradient + i, count), Lanes.Load<TLanes>(y + i, count), sum), xGradient + i, count);
        }
    }
}
