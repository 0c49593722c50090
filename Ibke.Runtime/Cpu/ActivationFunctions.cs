using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>A nonlinearity on lanes, with its derivative.</summary>
internal interface IActivationFunction
{
    /// <summary>f(x).</summary>
    static abstract TLanes Value<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>f(x) and f′(x), which share most of their work.</summary>
    static abstract (TLanes Value, TLanes Slope) ValueAndSlope<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>;
}

/// <summary>x σ(x); slope σ + x σ (1 − σ).</summary>
internal readonly struct SiluFunction : IActivationFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> =>
        x / (TLanes.Create(1f) + VectorMath.Exp(TLanes.Create(0f) - x));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TLanes Value, TLanes Slope) ValueAndSlope<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes sigmoid = VectorMath.Sigmoid(x);
        TLanes value = x * sigmoid;
        return (value, TLanes.MultiplyAdd(value, TLanes.Create(1f) - sigmoid, sigmoid));
    }
}

/// <summary>x Φ(x), Φ(x) = (1 + erf(x / √2)) / 2; slope Φ + x φ with φ(x) = exp(−x² / 2) / √(2π).</summary>
internal readonly struct GeluFunction : IActivationFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> =>
        x * Cumulative(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TLanes Value, TLanes Slope) ValueAndSlope<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes cumulative = Cumulative(x);
        TLanes density = VectorMath.Exp(x * x * TLanes.Create(-0.5f)) * TLanes.Create(0.39894228f);
        return (x * cumulative, TLanes.MultiplyAdd(x, density, cumulative));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Cumulative<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes half = TLanes.Create(0.5f);
        return TLanes.MultiplyAdd(VectorMath.Erf(x * TLanes.Create(0.70710678f)), half, half);
    }
}

/// <summary>x (1 + tanh(u)) / 2 with u = √(2/π) (x + 0.044715 x³); slope (1 + tanh u) / 2 + x (1 − tanh² u) u′ / 2.</summary>
internal readonly struct GeluTanhFunction : IActivationFunction
{
    private const float Factor = 0.79788456f;
    private const float Cubic = 0.044715f;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes half = TLanes.Create(0.5f);
        return x * TLanes.MultiplyAdd(Tanh(x, x * x), half, half);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TLanes Value, TLanes Slope) ValueAndSlope<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes half = TLanes.Create(0.5f);
        TLanes one = TLanes.Create(1f);

        // Beyond 10 the tanh is ±1 and its slope 0; the bound keeps infinity out of 0 · u′.
        TLanes bounded = TLanes.Max(TLanes.Create(-10f), TLanes.Min(TLanes.Create(10f), x));
        TLanes square = bounded * bounded;
        TLanes tanh = Tanh(bounded, square);
        TLanes weight = TLanes.MultiplyAdd(tanh, half, half);
        TLanes inner = TLanes.MultiplyAdd(square, TLanes.Create(3 * Cubic * Factor), TLanes.Create(Factor));
        TLanes curve = (one - (tanh * tanh)) * inner * half;
        return (x * weight, TLanes.MultiplyAdd(bounded, curve, weight));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Tanh<TLanes>(TLanes x, TLanes square)
        where TLanes : struct, ILanes<TLanes> =>
        VectorMath.Tanh(x * TLanes.MultiplyAdd(square, TLanes.Create(Factor * Cubic), TLanes.Create(Factor)));
}

/// <summary>max(x, 0); slope 0 at 0.</summary>
internal readonly struct ReluFunction : IActivationFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Max(TLanes.Create(0f), x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TLanes Value, TLanes Slope) ValueAndSlope<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes zero = TLanes.Create(0f);
        return (TLanes.Max(zero, x), TLanes.SelectLess(zero, x, TLanes.Create(1f), zero));
    }
}

/// <summary>1 / (1 + exp(−x)); slope σ (1 − σ).</summary>
internal readonly struct SigmoidFunction : IActivationFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> =>
        VectorMath.Sigmoid(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TLanes Value, TLanes Slope) ValueAndSlope<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes value = VectorMath.Sigmoid(x);
        return (value, value * (TLanes.Create(1f) - value));
    }
}

/// <summary>tanh(x); slope 1 − tanh².</summary>
internal readonly struct TanhFunction : IActivationFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> =>
        VectorMath.Tanh(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TLanes Value, TLanes Slope) ValueAndSlope<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes value = VectorMath.Tanh(x);
        return (value, TLanes.Create(1f) - (value * value));
    }
}

/// <summary>x σ(1.702 x); slope σ + 1.702 x σ (1 − σ).</summary>
internal readonly struct QuickGeluFunction : IActivationFunction
{
    private const float Factor = 1.702f;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Value<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> =>
        x / (TLanes.Create(1f) + VectorMath.Exp(x * TLanes.Create(-Factor)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TLanes Value, TLanes Slope) ValueAndSlope<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes sigmoid = VectorMath.Sigmoid(x * TLanes.Create(Factor));
        TLanes value = x * sigmoid;
        return (value, TLanes.MultiplyAdd(value * TLanes.Create(Factor), TLanes.Create(1f) - sigmoid, sigmoid));
    }
}
