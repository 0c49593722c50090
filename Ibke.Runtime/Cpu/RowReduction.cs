using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>Sums and maxima over a row. Four partial results run side by side; their order depends on the width of the lanes alone.</summary>
internal static unsafe class RowReduction
{
    /// <summary>Σ xᵢ.</summary>
    [MethodImpl(Kernel.HotLoop)]
    public static float Sum<TLanes>(float* x, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes a = TLanes.Create(0f), b = a, c = a, d = a;
        int i = 0;
        for (; i <= count - (4 * TLanes.Count); i += 4 * TLanes.Count)
        {
            a += TLanes.Load(x + i);
            b += TLanes.Load(x + i + TLanes.Count);
            c += TLanes.Load(x + i + (2 * TLanes.Count));
            d += TLanes.Load(x + i + (3 * TLanes.Count));
        }

        for (; i < count; i += TLanes.Count)
        {
            a += Lanes.Load<TLanes>(x + i, count - i);
        }

        return TLanes.Sum((a + b) + (c + d));
    }

    /// <summary>Σ xᵢ yᵢ.</summary>
    [MethodImpl(Kernel.HotLoop)]
    public static float Dot<TLanes>(float* x, float* y, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes a = TLanes.Create(0f), b = a, c = a, d = a;
        int i = 0;
        for (; i <= count - (4 * TLanes.Count); i += 4 * TLanes.Count)
        {
            a = TLanes.MultiplyAdd(TLanes.Load(x + i), TLanes.Load(y + i), a);
            b = TLanes.MultiplyAdd(TLanes.Load(x + i + TLanes.Count), TLanes.Load(y + i + TLanes.Count), b);
            c = TLanes.MultiplyAdd(TLanes.Load(x + i + (2 * TLanes.Count)), TLanes.Load(y + i + (2 * TLanes.Count)), c);
            d = TLanes.MultiplyAdd(TLanes.Load(x + i + (3 * TLanes.Count)), TLanes.Load(y + i + (3 * TLanes.Count)), d);
        }

        for (; i < count; i += TLanes.Count)
        {
            a = TLanes.MultiplyAdd(Lanes.Load<TLanes>(x + i, count - i), Lanes.Load<TLanes>(y + i, count - i), a);
        }

        return TLanes.Sum((a + b) + (c + d));
    }

    /// <summary>Σ xᵢ yᵢ zᵢ.</summary>
    [MethodImpl(Kernel.HotLoop)]
    public static float Dot<TLanes>(float* x, float* y, float* z, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes a = TLanes.Create(0f), b = a;
        int i = 0;
        for (; i <= count - (2 * TLanes.Count); i += 2 * TLanes.Count)
        {
            a = TLanes.MultiplyAdd(TLanes.Load(x + i) * TLanes.Load(y + i), TLanes.Load(z + i), a);
            int j = i + TLanes.Count;
            b = TLanes.MultiplyAdd(TLanes.Load(x + j) * TLanes.Load(y + j), TLanes.Load(z + j), b);
        }

        for (; i < count; i += TLanes.Count)
        {
            TLanes product = Lanes.Load<TLanes>(x + i, count - i) * Lanes.Load<TLanes>(y + i, count - i);
            a = TLanes.MultiplyAdd(product, Lanes.Load<TLanes>(z + i, count - i), a);
        }

        return TLanes.Sum(a + b);
    }

    /// <summary>The largest value; −∞ for an empty row. What it is where a value is not a number is left open.</summary>
    [MethodImpl(Kernel.HotLoop)]
    public static float Largest<TLanes>(float* x, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes a = TLanes.Create(float.NegativeInfinity), b = a, c = a, d = a;
        int i = 0;
        for (; i <= count - (4 * TLanes.Count); i += 4 * TLanes.Count)
        {
            a = TLanes.Max(a, TLanes.Load(x + i));
            b = TLanes.Max(b, TLanes.Load(x + i + TLanes.Count));
            c = TLanes.Max(c, TLanes.Load(x + i + (2 * TLanes.Count)));
            d = TLanes.Max(d, TLanes.Load(x + i + (3 * TLanes.Count)));
        }

        for (; i < count; i += TLanes.Count)
        {
            a = TLanes.Max(a, Lanes.Load<TLanes>(x + i, count - i, float.NegativeInfinity));
        }

        return TLanes.Largest(TLanes.Max(TLanes.Max(a, b), TLanes.Max(c, d)));
    }
}
