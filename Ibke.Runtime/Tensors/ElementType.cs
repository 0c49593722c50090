namespace Ibke.Runtime.Tensors;

/// <summary>How the values of a tensor are stored. Every computation is done in float32.</summary>
public enum ElementType
{
    /// <summary>IEEE 754 single precision, four bytes a value.</summary>
    Float32,

    /// <summary>IEEE 754 half precision, two bytes a value.</summary>
    Float16,

    /// <summary>The upper half of a single-precision value, two bytes a value.</summary>
    BFloat16,

    /// <summary>
    /// 8-bit integers with one scale for every 32 neighbours of a row, about 1.06 bytes a value. Held in memory only, made by
    /// <see cref="Engine.Quantize"/>; the arrangement of the bytes is the engine's own.
    /// </summary>
    Int8Block32,
}

/// <summary>Facts about <see cref="ElementType"/>.</summary>
public static class ElementTypes
{
    /// <summary>The number of bytes that one value takes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Values of this type have no bytes of their own: <see cref="ElementType.Int8Block32"/>.</exception>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Float32 => 4,
        ElementType.Float16 or ElementType.BFloat16 => 2,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Values of this type have no bytes of their own."),
    };
}
