using System.Runtime.InteropServices;

namespace Ibke.Runtime.Tests.Cpu;

/// <summary>Memory for a kernel between two guards: writing outside of it is found when the values are read.</summary>
internal sealed unsafe class NativeValues : IDisposable
{
    private const int Guard = 32;
    private const float Sentinel = -1.2345678e30f;
    private readonly int _count;
    private float* _memory;

    public NativeValues(int count, float fill = 0)
    {
        _count = count;
        _memory = (float*)NativeMemory.Alloc((nuint)(count + (2 * Guard)), sizeof(float));
        new Span<float>(_memory, count + (2 * Guard)).Fill(Sentinel);
        new Span<float>(Pointer, count).Fill(fill);
    }

    public NativeValues(ReadOnlySpan<float> values)
        : this(values.Length) => values.CopyTo(new Span<float>(Pointer, _count));

    public float* Pointer => _memory + Guard;

    public float[] ToArray()
    {
        Assert.Equal(-1, new ReadOnlySpan<float>(_memory, Guard).IndexOfAnyExcept(Sentinel));
        Assert.Equal(-1, new ReadOnlySpan<float>(Pointer + _count, Guard).IndexOfAnyExcept(Sentinel));
        return new ReadOnlySpan<float>(Pointer, _count).ToArray();
    }

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}
