namespace Ibke.Runtime.Cpu;

/// <summary>How a <see cref="CpuEngine"/> computes.</summary>
public sealed class CpuEngineOptions
{
    /// <summary>Threads that compute, the calling one included. From 1 to 256; by default one for each processor. Results do not depend on it.</summary>
    public int Threads { get; set; } = Math.Clamp(Environment.ProcessorCount, 1, 256);
}
