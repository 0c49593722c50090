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

    /// <summary><see cref="Dot{TLanes}(float*, float*, int)"/> of four rows of x with y, to the same bits.</summary>
    /// <param name="x">[4, count].</param>
    /// <param name="y">[count].</param>
    /// <param name="count">The length of the sums.</param>
    /// <param name="sums">[4].</param>
    [MethodImpl(Kernel.HotLoop)]
    public static void DotFour<TLanes>(float* x, float* y, int count, float* sums)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes a0 = TLanes.Create(0f), b0 = a0, c0 = a0, d0 = a0, a1 = a0, b1 = a0, c1 = a0, d1 = a0;
        TLanes a2 = a0, b2 = a0, c2 = a0, d2 = a0, a3 = a0, b3 = a0, c3 = a0, d3 = a0;
        float* x1 = x + count, x2 = x1 + count, x3 = x2 + count;
        int i = 0;
        for (; i <= count - (4 * TLanes.Count); i += 4 * TLanes.Count)
        {
            TLanes factor = TLanes.Load(y + i);
            a0 = TLanes.MultiplyAdd(TLanes.Load(x + i), factor, a0);
            a1 = TLanes.MultiplyAdd(TLanes.Load(x1 + i), factor, a1);
            a2 = TLanes.MultiplyAdd(TLanes.Load(x2 + i), factor, a2);
            a3 = TLanes.MultiplyAdd(TLanes.Load(x3 + i), factor, a3);
            int j = i + TLanes.Count;
            factor = TLanes.Load(y + j);
            b0 = TLanes.MultiplyAdd(TLanes.Load(x + j), factor, b0);
            b1 = TLanes.MultiplyAdd(TLanes.Load(x1 + j), factor, b1);
            b2 = TLanes.MultiplyAdd(TLanes.Load(x2 + j), factor, b2);
            b3 = TLanes.MultiplyAdd(TLanes.Load(x3 + j), factor, b3);
            j += TLanes.Count;
            factor = TLanes.Load(y + j);
            c0 = TLanes.MultiplyAdd(TLanes.Load(x + j), factor, c0);
            c1 = TLanes.MultiplyAdd(TLanes.Load(x1 + j), factor, c1);
            c2 = TLanes.MultiplyAdd(TLanes.Load(x2 + j), factor, c2);
            c3 = TLanes.MultiplyAdd(TLanes.Load(x3 + j), factor, c3);
            j += TLanes.Count;
            factor = TLanes.Load(y + j);
            d0 = TLanes.MultiplyAdd(TLanes.Load(x + j), factor, d0);
            d1 = TLanes.MultiplyAdd(TLanes.Load(x1 + j), factor, d1);
            d2 = TLanes.MultiplyAdd(TLanes.Load(x2 + j), factor, d2);
            d3 = TLanes.MultiplyAdd(TLanes.Load(x3 + j), factor, d3);
        }

        for (; i < count; i += TLanes.Count)
        {
            TLanes factor = Lanes.Load<TLanes>(y + i, count - i);
            a0 = TLanes.MultiplyAdd(Lanes.Load<TLanes>(x + i, count - i), factor, a0);
            a1 = TLanes.MultiplyAdd(Lanes.Load<TLanes>(x1 + i, count - i), factor, a1);
            a2 = TLanes.MultiplyAdd(Lanes.Load<TLanes>(x2 + i, count - i), factor, a2);
            a3 = TLanes.MultiplyAdd(Lanes.Load<TLanes>(x3 + i, count - i), factor, a3);
        }

        sums[0] = TLanes.Sum((a0 + b0) + (c0 + d0));
        sums[1] = TLanes.Sum((a1 + b1) + (c1 + d1));
        sums[2] = TLanes.Sum((a2 + b2) + (c2 + d2));
        sums[3] = TLanes.Sum((a3 + b3) + (c3 + d3));
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
