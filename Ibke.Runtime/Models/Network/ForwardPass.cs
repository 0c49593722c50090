using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>What the parts of a network need to know of the forward pass that they are used in.</summary>
internal sealed class ForwardPass : IDisposable
{
    private readonly RotaryPass[] _rotaries;

    /// <summary>Works out positions and angles.</summary>
    public ForwardPass(
        Operations ops,
        Engine engine,
        WeightVersion version,
        IReadOnlyList<SequenceRows> sequences,
        IReadOnlyList<RotaryEmbedding> rotaries,
        ForwardProbes probes)
    {
        Ops = ops;
        Engine = engine;
        Version = version;
        Sequences = sequences;
        Probes = probes;
        Positions = new int[sequences.Sum(sequence => sequence.Count)];
        int row = 0;
        foreach (SequenceRows sequence in sequences)
        {
            for (int i = 0; i < sequence.Count; i++)
            {
                Positions[row++] = sequence.Start + i;
            }
        }

        _rotaries = new RotaryPass[rotaries.Count];
        for (int i = 0; i < _rotaries.Length; i++)
        {
            _rotaries[i] = new RotaryPass(engine, rotaries[i], Positions, sequences);
        }
    }

    /// <summary>The engine's operations, or a tape of it.</summary>
    public Operations Ops { get; }

    /// <summary>Where constants are made.</summary>
    public Engine Engine { get; }

    /// <summary>The edits in force.</summary>
    public WeightVersion Version { get; }

    /// <summary>Which rows belong together.</summary>
    public IReadOnlyList<SequenceRows> Sequences { get; }

    /// <summary>The position of every row in its sequence.</summary>
    public int[] Positions { get; }

    /// <summary>What it shows and adds.</summary>
    public ForwardProbes Probes { get; }

    /// <summary>The turning of queries and keys by one of the model's rotary embeddings.</summary>
    public RotaryPass Rotary(int index) => _rotaries[index];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RotaryPass rotary in _rotaries)
        {
            rotary.Dispose();
        }
    }
}
