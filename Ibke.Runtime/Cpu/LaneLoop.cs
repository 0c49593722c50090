using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>What is done with the values from i on, independent of all others. Holds pointers and factors.</summary>
internal interface ILaneStep
{
    /// <summary>Computes as many values as there are lanes, or <paramref name="count"/> if that is fewer. Should be inlined.</summary>
    void At<TLanes>(int i, int count)
        where TLanes : struct, ILanes<TLanes>;
}

/// <summary>Goes over a row in steps of whole vectors, then over what is left.</summary>
internal static class LaneLoop
{
    /// <summary>Takes a step at from, from + lanes, … below <paramref name="to"/>.</summary>
    [MethodImpl(Kernel.HotLoop)]
    public static void Run<TLanes, TStep>(int from, int to, in TStep step)
        where TLanes : struct, ILanes<TLanes>
        where TStep : struct, ILaneStep
    {
        // The count is a constant in the loop, so that the compiler drops what is for incomplete vectors.
        TStep local = step;
        int i = from;
        for (; i <= to - TLanes.Count; i += TLanes.Count)
        {
            local.At<TLanes>(i, TLanes.Count);
        }

        if (i < to)
        {
            local.At<TLanes>(i, to - i);
        }
    }
}
