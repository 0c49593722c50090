using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>One part of a kernel: computes a range of items with lanes of a given width. Holds pointers and sizes.</summary>
internal interface IKernel
{
    /// <summary>Computes the items from … to − 1. Ranges run at the same time and must not touch each other's results.</summary>
    void Run<TLanes>(int from, int to)
        where TLanes : struct, ILanes<TLanes>;
}

/// <summary>Runs kernels on a pool's threads with its instruction set.</summary>
internal static class Kernel
{
    /// <summary>
    /// How loops over lanes are compiled: fully at their first call, and by themselves. Inlined into a caller they may exceed what the
    /// compiler is willing to inline in turn, and each operation on lanes becomes a call.
    /// </summary>
    public const MethodImplOptions HotLoop = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    // Values that one range should at least compute, so that handing it to another thread pays.
    private const int ValuesPerRange = 16384;

    /// <summary>Runs a kernel over all items.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="items">The number of items.</param>
    /// <param name="valuesPerItem">Values that an item computes, roughly; decides how many items a range has.</param>
    /// <param name="kernel">What is run.</param>
    public static void Run<TKernel>(WorkerPool pool, int items, long valuesPerItem, TKernel kernel)
        where TKernel : struct, IKernel
    {
        // A multiple of the widest lanes, so that only the last range of an elementwise kernel has an incomplete vector.
        int grain = valuesPerItem <= 1 ? ValuesPerRange : (int)Math.Max(1, ValuesPerRange / valuesPerItem);
        switch (pool.Instructions)
        {
            case InstructionSet.Vector512:
                pool.For(items, grain, kernel, static (kernel, from, to) => kernel.Run<Lanes512>(from, to));
                break;
            case InstructionSet.Vector256:
                pool.For(items, grain, kernel, static (kernel, from, to) => kernel.Run<Lanes256>(from, to));
                break;
            default:
                pool.For(items, grain, kernel, static (kernel, from, to) => kernel.Run<Lanes1>(from, to));
                break;
        }
    }
}
