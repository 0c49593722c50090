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
}

/// <summary>Facts about <see cref="ElementType"/>.</summary>
public static class ElementTypes
{
    /// <summary>The number of bytes that one value takes.</summary>
    public static int Size(this ElementType type) => type == ElementType.Float32 ? 4 : 2;
}
