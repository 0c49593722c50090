using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ibke.Runtime.Cpu;

/// <summary>How wide the vectors are that kernels compute with. Results agree within rounding.</summary>
internal enum InstructionSet
{
    /// <summary>One value at a time.</summary>
    Scalar,

    /// <summary>Eight values at a time: AVX2, or two NEON registers.</summary>
    Vector256,

    /// <summary>Sixteen values at a time: AVX-512.</summary>
    Vector512,
}

/// <summary>Facts about <see cref="InstructionSet"/> on this machine.</summary>
internal static class InstructionSets
{
    /// <summary>The widest that the machine computes in hardware.</summary>
    public static InstructionSet Best { get; } =
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? InstructionSet.Vector512
        : Vector256.IsHardwareAccelerated || Vector128.IsHardwareAccelerated ? InstructionSet.Vector256
        : InstructionSet.Scalar;
}
