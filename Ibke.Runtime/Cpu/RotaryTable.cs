using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>Cosines and sines of the positions 0 … <see cref="Positions"/> − 1 of one <see cref="RotaryFrequencies"/>. Never changed once made.</summary>
internal sealed unsafe class RotaryTable
{
    private const int FirstPositions = 256;

    // Lives as long as the frequencies it belongs to.
    private static readonly ConditionalWeakTable<RotaryFrequencies, RotaryTable> Tables = [];

    // [positions, pairs] each, in memory that the garbage collector does not move.
    private readonly float[] _cosines;
    private readonly float[] _sines;

    private RotaryTable(RotaryFrequencies frequencies, int positions)
    {
        Positions = positions;
        Pairs = frequencies.InverseFrequencies.Count;
        _cosines = GC.AllocateUninitializedArray<float>(checked(positions * Pairs), pinned: true);
        _sines = GC.AllocateUninitializedArray<float>(positions * Pairs, pinned: true);
        for (int position = 0; position < positions; position++)
        {
            for (int pair = 0; pair < Pairs; pair++)
            {
                (double sine, double cosine) = Math.SinCos(position * (double)frequencies.InverseFrequencies[pair]);
                _cosines[(position * Pairs) + pair] = (float)(cosine * frequencies.Factor);
                _sines[(position * Pairs) + pair] = (float)(sine * frequencies.Factor);
            }
        }
    }

    /// <summary>The number of positions.</summary>
    public int Positions { get; }

    /// <summary>The number of pairs of each position.</summary>
    public int Pairs { get; }

    /// <summary>[positions, pairs], multiplied by the factor; valid while the table is referenced.</summary>
    public float* Cosines => (float*)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_cosines));

    /// <summary>[positions, pairs], multiplied by the factor; valid while the table is referenced.</summary>
    public float* Sines => (float*)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_sines));

    /// <summary>The table of an instance, with at least the given number of positions. Thread-safe.</summary>
    public static RotaryTable Get(RotaryFrequencies frequencies, int positions)
    {
        if (Tables.TryGetValue(frequencies, out RotaryTable? table) && table.Positions >= positions)
        {
            return table;
        }

        lock (Tables)
        {
            if (!Tables.TryGetValue(frequencies, out table) || table.Positions < positions)
            {
                int size = (int)Math.Min(int.MaxValue, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(positions, FirstPositions)));
                table = new RotaryTable(frequencies, size);
                Tables.AddOrUpdate(frequencies, table);
            }

            return table;
        }
    }
}
