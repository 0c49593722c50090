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
/// subnormal values included. Infinities and NaN get the largest exponent.
/// </summary>
internal readonly unsafe struct StoredFloat16 : IStoredElement
{
    private const int SignAndMagnitude = unchecked((int)0x8fff_e000);
    private const int Exponent = 0x1f << 23;
    private const int SingleExponent = 0xff << 23;
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
        Vector256<int> bits = (Vector256.WidenLower(Vector128.Load((short*)source).ToVector256Unsafe()) << 13) & Vector256.Create(SignAndMagnitude);
        Vector256<int> value = (bits.AsSingle() * Rebase).AsInt32();
        Vector256<int> exponent = Vector256.Create(Exponent);
        Vector256<int> special = Vector256.Equals(bits & exponent, exponent);
        return Vector256.ConditionalSelect(special, value | Vector256.Create(SingleExponent), value).AsSingle();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load512(byte* source)
    {
        Vector512<int> bits = (Vector512.WidenLower(Vector256.Load((short*)source).ToVector512Unsafe()) << 13) & Vector512.Create(SignAndMagnitude);
        Vector512<int> value = (bits.AsSingle() * Rebase).AsInt32();
        Vector512<int> exponent = Vector512.Create(Exponent);
        Vector512<int> special = Vector512.Equals(bits & exponent, exponent);
        return Vector512.ConditionalSelect(special, value | Vector512.Create(SingleExponent), value).AsSingle();
    }
}
