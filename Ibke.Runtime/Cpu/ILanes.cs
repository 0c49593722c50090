using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// Several float32 values that are computed at once. Kernels are written once against this; the compiler makes one version
/// for each width (<see cref="Lanes512"/>, <see cref="Lanes256"/>, <see cref="Lanes1"/>), without calls or boxing.
/// </summary>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>The number of values: 16, 8 or 1.</summary>
    static abstract int Count { get; }

    /// <summary>All lanes the same.</summary>
    static abstract TSelf Create(float value);

    /// <summary>Reads <see cref="Count"/> values; no alignment is needed.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>Reads <see cref="Count"/> signed bytes.</summary>
    static abstract TSelf LoadInt8(sbyte* source);

    /// <summary>Reads <see cref="Count"/> bfloat16 values.</summary>
    static abstract TSelf LoadBFloat16(ushort* source);

    /// <summary>Writes <see cref="Count"/> values.</summary>
    static abstract void Store(TSelf value, float* destination);

    /// <summary>
    /// Reads as many values as there are lanes, or <paramref name="count"/> if that is fewer; the other lanes become <paramref name="fill"/>.
    /// Nothing beyond them is touched.
    /// </summary>
    static abstract TSelf Load(float* source, int count, float fill);

    /// <summary>Writes the first <paramref name="count"/> lanes. Nothing beyond them is touched.</summary>
    static abstract void StorePartial(TSelf value, float* destination, int count);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>a · b + c, rounded once where the machine can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The smaller; not a number where <paramref name="b"/> is none.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>The larger; not a number where <paramref name="b"/> is none.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The value without its sign.</summary>
    static abstract TSelf Abs(TSelf value);

    /// <summary>The magnitude of one with the sign of the other.</summary>
    static abstract TSelf CopySign(TSelf magnitude, TSelf sign);

    /// <summary>The nearest integer, the even one on ties.</summary>
    static abstract TSelf Round(TSelf value);

    /// <summary>value · 2^exponent for integral exponents from −150 to 130, subnormal results and overflow included.</summary>
    static abstract TSelf ScaleByPowerOfTwo(TSelf value, TSelf exponent);

    /// <summary>a &lt; b ? whenLess : otherwise; otherwise where either is not a number.</summary>
    static abstract TSelf SelectLess(TSelf a, TSelf b, TSelf whenLess, TSelf otherwise);

    /// <summary>The sum over the lanes.</summary>
    static abstract float Sum(TSelf value);

    /// <summary>The largest lane; any result where one is not a number.</summary>
    static abstract float Largest(TSelf value);
}

/// <summary>Reads and writes what may be the end of a row: as many values as there are lanes, or fewer.</summary>
internal static unsafe class Lanes
{
    /// <summary>The most lanes that any width has.</summary>
    public const int MaximumCount = 16;

    /// <summary>Reads as many values as there are lanes, or <paramref name="count"/> if that is fewer; the other lanes become <paramref name="fill"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(float* source, int count, float fill = 0)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Load(source, count, fill);

    /// <summary>Writes all lanes, or the first <paramref name="count"/> if that is fewer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes>(TLanes value, float* destination, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        if (count >= TLanes.Count)
        {
            TLanes.Store(value, destination);
        }
        else
        {
            TLanes.StorePartial(value, destination, count);
        }
    }

    /// <summary>Reads fewer values than there are lanes, one by one: for machines without masked loads.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TLanes LoadEach<TLanes>(float* source, int count, float fill)
        where TLanes : struct, ILanes<TLanes>
    {
        float* whole = stackalloc float[MaximumCount];
        TLanes.Store(TLanes.Create(fill), whole);
        for (int i = 0; i < count; i++)
        {
            whole[i] = source[i];
        }

        return TLanes.Load(whole);
    }

    /// <summary>Writes the first <paramref name="count"/> lanes, one by one: for machines without masked stores.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void StoreEach<TLanes>(TLanes value, float* destination, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        float* whole = stackalloc float[MaximumCount];
        TLanes.Store(value, whole);
        for (int i = 0; i < count; i++)
        {
            destination[i] = whole[i];
        }
    }
}
