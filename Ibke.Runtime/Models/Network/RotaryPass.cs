using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>The rotary embedding of the rows of one forward pass: their positions, and the angles that their sequences' lengths ask for.</summary>
internal sealed class RotaryPass : IDisposable
{
    private readonly int[] _positions;
    private readonly List<(RotaryFrequencies Frequencies, Tensor? Mask)> _parts = [];

    /// <summary>Works out the angles.</summary>
    public RotaryPass(Engine engine, RotaryEmbedding embedding, int[] positions, IReadOnlyList<SequenceRows> sequences)
    {
        _positions = positions;
        RotaryFrequencies[] angles = new RotaryFrequencies[sequences.Count];
        for (int s = 0; s < sequences.Count; s++)
        {
            angles[s] = embedding.For(sequences[s].Start + sequences[s].Count);
        }

        RotaryFrequencies[] distinct = [.. angles.Distinct()];
        foreach (RotaryFrequencies frequencies in distinct)
        {
            _parts.Add((frequencies, distinct.Length == 1 ? null : Mask(engine, frequencies, angles, sequences)));
        }
    }

    /// <summary>Turns queries or keys [rows, heads × head size]; the result is the caller's.</summary>
    public Tensor Turn(Operations ops, Tensor x, int headSize)
    {
        if (_parts is [{ Mask: null } only])
        {
            return ops.Rotary(x, headSize, only.Frequencies, _positions);
        }

        // Sequences of different lengths with length-dependent angles: turn all rows by each, and keep each row's own.
        Tensor? sum = null;
        foreach ((RotaryFrequencies frequencies, Tensor? mask) in _parts)
        {
            using Tensor turned = ops.Rotary(x, headSize, frequencies, _positions);
            Tensor kept = ops.Multiply(turned, mask!);
            Tensor next = sum is null ? kept : ops.Add(sum, kept);
            if (sum is not null)
            {
                sum.Dispose();
                kept.Dispose();
            }

            sum = next;
        }

        return sum!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, Tensor? mask) in _parts)
        {
            mask?.Dispose();
        }
    }

    // [rows, 1]: 1 where the row's sequence has these angles.
    private Tensor Mask(Engine engine, RotaryFrequencies own, RotaryFrequencies[] angles, IReadOnlyList<SequenceRows> sequences)
    {
        float[] mask = new float[_positions.Length];
        for (int s = 0, row = 0; s < sequences.Count; row += sequences[s].Count, s++)
        {
            mask.AsSpan(row, sequences[s].Count).Fill(angles[s] == own ? 1 : 0);
        }

        return engine.Create(new TensorShape(mask.Length, 1), mask);
    }
}
