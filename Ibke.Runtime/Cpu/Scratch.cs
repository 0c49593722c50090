using System.Runtime.InteropServices;

namespace Ibke.Runtime.Cpu;

/// <summary>Memory that a kernel needs while it runs. Not zeroed.</summary>
internal unsafe ref struct Scratch : IDisposable
{
    /// <summary>Takes room for <paramref name="count"/> values, aligned to 64 bytes.</summary>
    public Scratch(long count) =>
        Pointer = (float*)NativeMemory.AlignedAlloc(checked((nuint)Math.Max(1, count) * sizeof(float)), 64);

    /// <summary>The first value.</summary>
    public float* Pointer { get; private set; }

    /// <summary>Returns the memory.</summary>
    public void Dispose()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }
}
