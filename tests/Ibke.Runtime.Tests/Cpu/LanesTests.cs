using Ibke.Runtime.Cpu;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class LanesTests
{
    [Fact]
    public void LoadAndStore_AnyCount_TouchNoMoreThanThat()
    {
        Check<Lanes1>();
        Check<Lanes256>();
        Check<Lanes512>();
    }

    private static void Check<TLanes>()
        where TLanes : struct, ILanes<TLanes>
    {
        // More than there are lanes stands for a whole vector in the middle of a row.
        for (int count = 1; count <= 200; count++)
        {
            int read = Math.Min(count, TLanes.Count);
            using NativeValues source = new(KernelCheck.Values(read, count));
            using NativeValues lanes = new(TLanes.Count), part = new(read);
            TLanes value = Lanes.Load<TLanes>(source.Pointer, count, 7);
            TLanes.Store(value, lanes.Pointer);
            Lanes.Store(value, part.Pointer, count);
            Assert.Equal([.. source.ToArray(), .. Enumerable.Repeat(7f, TLanes.Count - read)], lanes.ToArray());
            Assert.Equal(source.ToArray(), part.ToArray());
        }
    }
}
