namespace Ibke.Runtime.Tensors;

/// <summary>
/// The angles of a rotary embedding: element pair i of a head is turned by position × <c>InverseFrequencies[i]</c>.
/// Engines keep tables of cosines and sines by instance, so an instance should be made once and kept.
/// </summary>
public sealed class RotaryFrequencies
{
    /// <summary>Records the angles.</summary>
    /// <param name="inverseFrequencies">One value for each pair; twice their number elements of a head are turned.</param>
    /// <param name="factor">Multiplies cosines and sines (the attention factor of YaRN and LongRoPE); 1 otherwise.</param>
    /// <param name="interleaved">Whether pairs are (2i, 2i+1) rather than (i, i + half).</param>
    public RotaryFrequencies(IReadOnlyList<float> inverseFrequencies, float factor = 1, bool interleaved = false)
    {
        InverseFrequencies = [.. inverseFrequencies];
        Factor = factor;
        Interleaved = interleaved;
    }

    /// <summary>Radians a position, for each pair.</summary>
    public IReadOnlyList<float> InverseFrequencies { get; }

    /// <summary>Multiplies cosines and sines.</summary>
    public float Factor { get; }

    /// <summary>Whether pairs are neighbours rather than half a rotation apart.</summary>
    public bool Interleaved { get; }
}
