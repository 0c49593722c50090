using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>Reads values as one <see cref="ElementType"/> stores them. Kernels that read weights are compiled once for each.</summary>
internal unsafe interface IStoredElement
{
    /// <summary>Bytes of a value.</summary>
    static abstract int Size { get; }

    /// <summary>Reads one value.</summary>
    static abstract float Load(byte* source);

    /// <summary>Reads eight values.</summary>
    static abstract Vector256<float> Load256(byte* source);

    /// <summary>Reads sixteen values.</summary>
    static abstract Vector512<float> Load512(byte* source);
}

/// <summary><see cref="ElementType.Float32"/>.</summary>
internal readonly unsafe struct StoredFloat32 : IStoredElement
{
    /// <inheritdoc/>
    public static int Size => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(byte* source) => Unsafe.ReadUnaligned<float>(source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load256(byte* source) => Vector256.Load((float*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load512(byte* source) => Vector512.Load((float*)source);
}

/// <summary><see cref="ElementType.BFloat16"/>: the upper half of a float32.</summary>
internal readonly unsafe struct StoredBFloat16 : IStoredElement
{
    /// <inheritdoc/>
    public static int Size => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(byte* source) => BitConverter.UInt32BitsToSingle((uint)Unsafe.ReadUnaligned<ushort>(source) << 16);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load256(byte* source) =>
        (Vector256.WidenLower(Vector128.Load((ushort*)source).ToVector256Unsafe()) << 16).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load512(byte* source) =>
        (Vector512.WidenLower(Vector256.Load((ushort*)source).ToVector512Unsafe()) << 16).AsSingle();
}

/// <summary>
/// <see cref="ElementType.Float16"/>: moved to float32's places the exponent is too small by 112, which one exact product repairs,
/// subnormal values included; infinities and NaN get the largest exponent.
/// </summary>
internal readonly unsafe struct StoredFloat16 : IStoredElement
{
    private const uint Sign = 0x8000;
    private const uint Magnitude = 0x7fff;
    private const uint Infinity = 0x7c00u << 13;
    private const uint SingleInfinity = 0x7f80_0000;
    private const float Rebase = 5.192296858534828e33f; // 2^112

    /// <inheritdoc/>
    public static int Size => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(byte* source) => (float)Unsafe.ReadUnaligned<Half>(source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load256(byte* source)
    {
        Vector256<uint> bits = Vector256.WidenLower(Vector128.Load((ushort*)source).ToVector256Unsafe());
        Vector256<uint> magnitude = (bits & Vector256.Create(Magnitude)) << 13;
        Vector256<uint> special = Vector256.GreaterThanOrEqual(magnitude.AsInt32(), Vector256.Create((int)Infinity)).AsUInt32();
        Vector256<uint> value = (magnitude.AsSingle() * Rebase).AsUInt32() | (special & Vector256.Create(SingleInfinity));
        return (value | ((bits & Vector256.Create(Sign)) << 16)).AsSingle();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load512(byte* source)
    {
        Vector512<uint> bits = Vector512.WidenLower(Vector256.Load((ushort*)source).ToVector512Unsafe());
        Vector512<uint> magnitude = (bits & Vector512.Create(Magnitude)) << 13;
        Vector512<uint> special = Vector512.GreaterThanOrEqual(magnitude.AsInt32(), Vector512.Create((int)Infinity)).AsUInt32();
        Vector512<uint> value = (magnitude.AsSingle() * Rebase).AsUInt32() | (special & Vector512.Create(SingleInfinity));
        return (value | ((bits & Vector512.Create(Sign)) << 16)).AsSingle();
    }
}
