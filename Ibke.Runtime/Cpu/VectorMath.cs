using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// Elementary functions on <see cref="ILanes{TSelf}"/>. The polynomials are minimax fits made for these intervals; errors stay
/// within a few units in the last place (see the tests). What is not a number stays so.
/// </summary>
internal static class VectorMath
{
    /// <summary>exp(x) = 2ⁿ · exp(r) with x = n ln 2 + r, |r| ≤ ln 2 / 2. Subnormal results and infinity included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Exp<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        // Beyond these the result is 0 or infinity in any case, and n stays in range.
        x = TLanes.Max(TLanes.Create(-104f), TLanes.Min(TLanes.Create(89f), x));

        // ln 2 is subtracted in two parts; the first has few digits, so that its multiples are exact.
        TLanes n = TLanes.Round(x * TLanes.Create(1.44269504f));
        TLanes r = TLanes.MultiplyAdd(n, TLanes.Create(-0.693359375f), x);
        r = TLanes.MultiplyAdd(n, TLanes.Create(2.12194440e-4f), r);

        // exp(r) = 1 + r + r² p(r).
        TLanes p = TLanes.Create(0.00138143229f);
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(0.00836885069f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(0.0416684002f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(0.166665196f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(0.49999994f));
        TLanes result = TLanes.Create(1f) + TLanes.MultiplyAdd(p * r, r, r);
        return TLanes.ScaleByPowerOfTwo(result, n);
    }

    /// <summary>1 / (1 + exp(−x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Sigmoid<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Create(1f) / (TLanes.Create(1f) + Exp(TLanes.Create(0f) - x));

    /// <summary>tanh(x): an odd polynomial near zero, 1 − 2 / (exp(2|x|) + 1) with the sign of x elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Tanh<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes magnitude = TLanes.Abs(x);
        TLanes square = x * x;
        TLanes p = TLanes.Create(-0.00570498733f);
        p = TLanes.MultiplyAdd(p, square, TLanes.Create(0.020639088f));
        p = TLanes.MultiplyAdd(p, square, TLanes.Create(-0.0537397154f));
        p = TLanes.MultiplyAdd(p, square, TLanes.Create(0.133314416f));
        p = TLanes.MultiplyAdd(p, square, TLanes.Create(-0.333332807f));
        TLanes near = TLanes.MultiplyAdd(p * square, x, x);

        TLanes e = Exp(magnitude + magnitude);
        TLanes far = TLanes.Create(1f) - TLanes.Create(2f) / (e + TLanes.Create(1f));
        return TLanes.SelectLess(magnitude, TLanes.Create(0.625f), near, TLanes.CopySign(far, x));
    }

    /// <summary>erf(x): an odd polynomial up to 1, 1 − exp(−p(|x|)) with the sign of x elsewhere, p fitted to −log erfc.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Erf<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes magnitude = TLanes.Abs(x);
        TLanes square = x * x;
        TLanes p = TLanes.Create(7.85386146e-05f);
        p = TLanes.MultiplyAdd(p, square, TLanes.Create(-0.000801019371f));
        p = TLanes.MultiplyAdd(p, square, TLanes.Create(0.00518832775f));
        p = TLanes.MultiplyAdd(p, square, TLanes.Create(-0.0268538129f));
        p = TLanes.MultiplyAdd(p, square, TLanes.Create(0.112835854f));
        p = TLanes.MultiplyAdd(p, square, TLanes.Create(-0.37612626f));
        p = TLanes.MultiplyAdd(p, square, TLanes.Create(0.128379166f));
        TLanes near = TLanes.MultiplyAdd(p, x, x);

        // From 4 on erf is 1 in float32.
        TLanes bounded = TLanes.Min(TLanes.Create(4f), magnitude);
        TLanes q = TLanes.Create(-0.000191504034f);
        q = TLanes.MultiplyAdd(q, bounded, TLanes.Create(0.00299953972f));
        q = TLanes.MultiplyAdd(q, bounded, TLanes.Create(-0.0220519938f));
        q = TLanes.MultiplyAdd(q, bounded, TLanes.Create(0.103566885f));
        q = TLanes.MultiplyAdd(q, bounded, TLanes.Create(0.637600064f));
        q = TLanes.MultiplyAdd(q, bounded, TLanes.Create(1.12742603f));
        q = TLanes.MultiplyAdd(q, bounded, TLanes.Create(0.000256446714f));
        TLanes far = TLanes.Create(1f) - Exp(TLanes.Create(0f) - q);
        return TLanes.SelectLess(magnitude, TLanes.Create(1f), near, TLanes.CopySign(far, x));
    }
}
