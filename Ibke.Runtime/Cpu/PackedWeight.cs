using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// A weight [outputs, inputs] arranged for the matrix product: panels of consecutive outputs, [panel, inputs, panel width], zeros beyond the
/// last output. Values stay as they are stored, so that the copy is as large as the weight.
/// </summary>
internal sealed unsafe class PackedWeight
{
    private const int Strip = 64;
    private readonly CpuStorage _storage;

    private PackedWeight(CpuStorage storage, int outputs, int inputs, int panelWidth)
    {
        _storage = storage;
        Outputs = outputs;
        Inputs = inputs;
        PanelWidth = panelWidth;
    }

    /// <summary>Rows of the weight.</summary>
    public int Outputs { get; }

    /// <summary>Columns of the weight.</summary>
    public int Inputs { get; }

    /// <summary>Outputs side by side in a panel.</summary>
    public int PanelWidth { get; }

    /// <summary>The first value of the first panel.</summary>
    public byte* Values => _storage.Pointer;

    /// <summary>Returns the memory.</summary>
    public void Release() => _storage.Release();

    /// <summary>Arranges a weight.</summary>
    public static PackedWeight Create(
        WorkerPool pool, MemoryPool memory, byte* weight, ElementType type, int outputs, int inputs, int panelWidth)
    {
        int panels = (outputs + panelWidth - 1) / panelWidth;
        CpuStorage storage = new(memory, (long)panels * panelWidth * inputs * type.Size());
        var state = (from: (nint)weight, to: (nint)storage.Pointer, outputs, inputs, panelWidth);
        pool.For(panels, 1, state, type.Size() == 4
            ? static (s, from, to) => PackPanels((float*)s.from, s.outputs, s.inputs, s.panelWidth, from, to, (float*)s.to)
            : static (s, from, to) => PackPanels((ushort*)s.from, s.outputs, s.inputs, s.panelWidth, from, to, (ushort*)s.to));
        return new PackedWeight(storage, outputs, inputs, panelWidth);
    }

    private static void PackPanels(float* weight, int outputs, int inputs, int width, int from, int to, float* destination)
    {
        for (int panel = from; panel < to; panel++)
        {
            float* target = destination + ((long)panel * width * inputs);
            int present = Math.Min(width, outputs - (panel * width));
            Transposition.Pack(weight + ((long)panel * width * inputs), inputs, present, inputs, target, width);
            for (long i = 0; i < inputs && present < width; i++)
            {
                new Span<float>(target + (i * width) + present, width - present).Clear();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackPanels(ushort* weight, int outputs, int inputs, int width, int from, int to, ushort* destination)
    {
        for (int panel = from; panel < to; panel++)
        {
            ushort* target = destination + (long)panel * width * inputs;
            int present = Math.Min(width, outputs - panel * width);
            for (int start = 0; start < inputs; start += Strip)
            {
                // A strip of every row at a time: what is read comes in whole cache lines, what is written stays in the first cache.
                int end = Math.Min(inputs, start + Strip);
                for (int column = 0; column < width; column++)
                {
                    ushort* source = weight + ((long)panel * width + column) * inputs;
                    for (int i = start; i < end; i++)
                    {
                        target[(long)i * width + column] = column < present ? source[i] : (ushort)0;
                    }
                }
            }
        }
    }
}
