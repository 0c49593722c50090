using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ibke.Cli.Measurements;

/// <summary>What the numbers of a run depend on.</summary>
/// <param name="Processors">Processors the runtime may use.</param>
/// <param name="InstructionSet">The widest vectors in use.</param>
/// <param name="Runtime">Version of .NET.</param>
/// <param name="System">Operating system and processor architecture.</param>
internal sealed record Machine(int Processors, string InstructionSet, string Runtime, string System)
{
    /// <summary>This machine.</summary>
    public static Machine Current { get; } = new(
        Environment.ProcessorCount,
        Vector512.IsHardwareAccelerated ? "AVX-512"
            : Vector256.IsHardwareAccelerated ? (Fma.IsSupported ? "AVX2+FMA" : "256-bit")
            : Vector128.IsHardwareAccelerated ? "128-bit"
            : "scalar",
        RuntimeInformation.FrameworkDescription,
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}");
}
