using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>y = cap · tanh(x / cap) elementwise.</summary>
internal static unsafe class SoftCap
{
    /// <summary>destination = cap · tanh(x / cap). The destination may be x.</summary>
    public static void Forward(WorkerPool pool, float* x, int count, float cap, float* destination) =>
        Kernel.Run(pool, count, 1, new Values(x, cap, destination));

    /// <summary>xGradient += gradient · (1 − tanh²(x / cap)).</summary>
    public static void Backward(WorkerPool pool, float* x, float* gradient, int count, float cap, float* xGradient) =>
        Kernel.Run(pool, count, 1, new Slopes(x, gradient, cap, xGradient));

    private readonly struct Values(float* x, float cap, float* y) : IKernel, ILaneStep
    {
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes> => LaneLoop.Run<TLanes, Values>(from, to, this);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLanes>(int i, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes limit = TLanes.Create(cap);
            Lanes.Store(VectorMath.Tanh(Lanes.Load<TLanes>(x + i, count) / limit) * limit, y + i, count);
        }
    }

    private readonly struct Slopes(float* x, float* gradient, float cap, float* xGradient) : IKernel, ILaneStep
    {
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes> => LaneLoop.Run<TLanes, Slopes>(from, to, this);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLanes>(int i, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes tanh = VectorMath.Tanh(Lanes.Load<TLanes>(x + i, count) / TLanes.Create(cap));
            TLanes slope = TLanes.Create(1f) - (tanh * tanh);
            TLanes sum = Lanes.Load<TLanes>(xGradient + i, count);
            Lanes.Store(TLanes.MultiplyAdd(Lanes.Load<TLanes>(gradient + i, count), slope, sum), xGradient + i, count);
        }
    }
}
