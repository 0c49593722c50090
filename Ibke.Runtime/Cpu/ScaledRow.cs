using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>Multiplies of a row.</summary>
internal static unsafe class ScaledRow
{
    /// <summary>destination = x · factor. The destination may be x.</summary>
    public static void Set<TLanes>(float* x, float factor, int count, float* destination)
        where TLanes : struct, ILanes<TLanes> =>
        LaneLoop.Run<TLanes, SetStep>(0, count, new SetStep(x, factor, destination));

    /// <summary>destination += x · factor.</summary>
    public static void Add<TLanes>(float* x, float factor, int count, float* destination)
        where TLanes : struct, ILanes<TLanes> =>
        LaneLoop.Run<TLanes, AddStep>(0, count, new AddStep(x, factor, destination));

    private readonly struct SetStep(float* x, float factor, float* y) : ILaneStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLanes>(int i, int count)
            where TLanes : struct, ILanes<TLanes> =>
            Lanes.Store(Lanes.Load<TLanes>(x + i, count) * TLanes.Create(factor), y + i, count);
    }

    private readonly struct AddStep(float* x, float factor, float* y) : ILaneStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLanes>(int i, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes sum = Lanes.Load<TLanes>(y + i, count);
            Lanes.Store(TLanes.MultiplyAdd(Lanes.Load<TLanes>(x + i, count), TLanes.Create(factor), sum), y + i, count);
        }
    }
}
