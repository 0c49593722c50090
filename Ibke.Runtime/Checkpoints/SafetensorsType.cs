using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Checkpoints;

/// <summary>The element types of the safetensors format, under the names it uses.</summary>
internal static class SafetensorsType
{
    private static readonly Dictionary<string, int> s_bits = new(StringComparer.Ordinal)
    {
        ["F64"] = 64, ["I64"] = 64, ["U64"] = 64, ["C64"] = 64,
        ["F32"] = 32, ["I32"] = 32, ["U32"] = 32,
        ["F16"] = 16, ["BF16"] = 16, ["I16"] = 16, ["U16"] = 16,
        ["I8"] = 8, ["U8"] = 8, ["BOOL"] = 8, ["F8_E4M3"] = 8, ["F8_E5M2"] = 8, ["F8_E8M0"] = 8,
        ["F6_E2M3"] = 6, ["F6_E3M2"] = 6, ["F4"] = 4,
    };

    /// <summary>The number of bits a value takes, or null for a name the format does not define.</summary>
    public static int? Bits(string name) => s_bits.TryGetValue(name, out int bits) ? bits : null;

    /// <summary>The type of a tensor the engine can compute with, or null for all others.</summary>
    public static ElementType? ToElementType(string name) => name switch
    {
        "F32" => ElementType.Float32,
        "F16" => ElementType.Float16,
        "BF16" => ElementType.BFloat16,
        _ => null,
    };

    /// <summary>The name of a type the engine can compute with.</summary>
    public static string Name(ElementType type) => type switch
    {
        ElementType.Float32 => "F32",
        ElementType.Float16 => "F16",
        ElementType.BFloat16 => "BF16",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not an element type."),
    };
}
