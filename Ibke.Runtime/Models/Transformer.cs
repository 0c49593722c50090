using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models.Families;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>A decoder-only transformer, written once against <see cref="Operations"/> for every family, engine and use.</summary>
/// <remarks>Thread-safe: the weights are never written. A key/value cache belongs to one pass at a time.</remarks>
public sealed class Transformer : IDisposable
{
    private readonly TransformerWeights _weights;
    private readonly RotaryEmbedding _rotary;
    private readonly AttentionShape _attention;

    internal Transformer(Engine engine, TransformerConfig config, TransformerWeights weights)
    {
        Engine = engine;
        Config = config;
        _weights = weights;
        _rotary = new RotaryEmbedding(config.Rope, config.HeadSize, config.ContextLength);
        _attention = new AttentionShape(config.Heads, config.KeyValueHeads, config.HeadSize, 1 / MathF.Sqrt(config.HeadSize));
    }

    /// <summary>Where the weights lie.</summary>
    public Engine Engine { get; }

    /// <summary>Sizes and options.</summary>
    public TransformerConfig Config { get; }

    /// <summary>The weights by their names in the checkpoint; a matrix used twice is there once.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters => _weights.ByName;

    /// <summary>The longest sequence whose cached keys serve any longer one as well; see <see cref="RotaryEmbedding.FixedLength"/>.</summary>
    internal int ReusableLength => _rotary.FixedLength;

    /// <summary>Checks and loads the weights of a checkpoint.</summary>
    /// <exception cref="CheckpointException">Tensors are missing, have wrong shapes, or hold values that are not finite; they are named.</exception>
    public static Transformer Load(Checkpoint checkpoint, TransformerConfig config, Engine engine)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(engine);
        return new Transformer(engine, config, WeightLoader.Load(checkpoint, config, ModelFamilies.Find(config.Architecture).Names, engine));
    }

    /// <summary>Makes an empty key/value cache for one sequence of up to <see cref="TransformerConfig.ContextLength"/> positions.</summary>
    public KeyValueCache CreateCache() =>
        Engine.CreateCache(Config.Layers, Config.KeyValueHeads * Config.HeadSize, Config.ContextLength);

    /// <summary>Runs all blocks over the rows of one or several sequences, and counts the rows in their caches once all is computed.</summary>
    /// <param name="ops">The engine's operations, or a tape of it; a tape takes no caches.</param>
    /// <param name="version">The edits in force.</param>
    /// <param name="ids">The tokens of all rows, sequence after sequence.</param>
    /// <param name="sequences">Which rows belong together. No cache may occur twice.</param>
    /// <param name="observer">Is shown every MLP.</param>
    /// <returns>[rows, hidden size]: the residual stream after the final norm; see <see cref="Logits"/>.</returns>
    /// <exception cref="ArgumentException">
    /// The rows do not add up, a token is outside the vocabulary, or the version's edits are of another model. Caches are as before.
    /// </exception>
    public Tensor Forward(
        Operations ops,
        WeightVersion version,
        IReadOnlyList<int> ids,
        IReadOnlyList<SequenceRows> sequences,
        MlpObserver? observer = null) => Forward(ops, version, ids, sequences, observer, streamObserver: null);

    /// <summary>As the public method, and shows the residual stream between the blocks.</summary>
    internal Tensor Forward(
        Operations ops,
        WeightVersion version,
        IReadOnlyList<int> ids,
        IReadOnlyList<SequenceRows> sequences,
        MlpObserver? observer,
        StreamObserver? streamObserver)
    {
        ArgumentNullException.ThrowIfNull(ops);
        ArgumentNullException.ThrowIfNull(version);
        Check(version, ids, sequences);
        using RotaryPass rotary = new(Engine, _rotary, Config.HeadSize, sequences);
        Tensor stream = ops.Embedding(_weights.Embedding, ids); // [rows, hidden]
        try
        {
            for (int layer = 0; layer < Config.Layers; layer++)
            {
                streamObserver?.Invoke(layer, stream);
                BlockWeights block = _weights.Blocks[layer];
                using (Tensor attended = Attend(ops, block, layer, stream, rotary, sequences))
                {
                    Replace(ref stream, ops.Add(stream, attended));
                }

                using (Tensor output = Mlp(ops, block, layer, stream, version, observer))
                {
                    Replace(ref stream, ops.Add(stream, output));
                }
            }

            streamObserver?.Invoke(Config.Layers, stream);
            Tensor normed = ops.RmsNorm(stream, _weights.FinalNorm, Config.NormEpsilon); // [rows, hidden]
            foreach (SequenceRows sequence in sequences)
            {
                sequence.Cache?.Advance(sequence.Count);
            }

            return normed;
        }
        finally
        {
            stream.Dispose();
        }
    }

    /// <summary>The scores of every token as the next one, for rows of the result of <see cref="Forward(Operations, WeightVersion, IReadOnlyList{int}, IReadOnlyList{SequenceRows}, MlpObserver?)"/>.</summary>
    /// <param name="ops">The operations that made <paramref name="hidden"/>.</param>
    /// <param name="hidden">[rows, hidden size]; select the rows that matter first, for the output matrix is large.</param>
    /// <returns>[rows, vocabulary].</returns>
    public Tensor Logits(Operations ops, Tensor hidden)
    {
        ArgumentNullException.ThrowIfNull(ops);
        return ops.Linear(hidden, _weights.Output);
    }

    /// <summary>Returns the weights' memory.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in _weights.ByName.Values)
        {
            tensor.Dispose();
        }
    }

    /// <summary>Refuses tokens that have no row in the embedding.</summary>
    internal void CheckVocabulary(IReadOnlyList<int> ids)
    {
        for (int i = 0; i < ids.Count; i++)
        {
            if ((uint)ids[i] >= (uint)Config.VocabularySize)
            {
                throw new ArgumentException(
                    $"Token {ids[i]} at place {i} is outside the vocabulary of {Config.VocabularySize}.", nameof(ids));
            }
        }
    }

    private static void Replace(ref Tensor stream, Tensor next)
    {
        stream.Dispose();
        stream = next;
    }

    // Attention with its norm and projections. [rows, hidden] → [rows, hidden].
    private Tensor Attend(
        Operations ops, BlockWeights block, int layer, Tensor stream, RotaryPass rotary, IReadOnlyList<SequenceRows> sequences)
    {
        using Tensor x = ops.RmsNorm(stream, block.AttentionNorm, Config.NormEpsilon);
        using Tensor query = Project(ops, x, block.Query); // [rows, heads × headSize]
        using Tensor key = Project(ops, x, block.Key); // [rows, keyValueHeads × headSize]
        using Tensor value = Project(ops, x, block.Value); // [rows, keyValueHeads × headSize]
        using Tensor turnedQuery = rotary.Turn(ops, query);
        using Tensor turnedKey = rotary.Turn(ops, key);
        using Tensor mixed = ops.Attention(turnedQuery, turnedKey, value, _attention, sequences, layer); // [rows, heads × headSize]
        return Project(ops, mixed, block.AttentionOutput);
    }

    // The gated MLP with its norm, and the neurons of edits beside it. [rows, hidden] → [rows, hidden].
    private Tensor Mlp(
        Operations ops, BlockWeights block, int layer, Tensor stream, WeightVersion version, MlpObserver? observer)
    {
        using Tensor x = ops.RmsNorm(stream, block.MlpNorm, Config.NormEpsilon);
        using Tensor gate = Project(ops, x, block.Gate); // [rows, intermediate]
        using Tensor up = Project(ops, x, block.Up); // [rows, intermediate]
        using Tensor gated = ops.Gate(gate, up, Config.Activation);
        Tensor output = Project(ops, gated, block.Down);
        foreach (NeuronGroup group in version.Layer(layer))
        {
            using Tensor added = ops.Neurons(x, group.Mean, group.Deviation, group.Blocks);
            Replace(ref output, ops.Add(output, added));
        }

        observer?.Invoke(layer, x, output);
        return output;
    }

    private static Tensor Project(Operations ops, Tensor x, LinearWeights linear) => ops.Linear(x, linear.Weight, linear.Bias);

    private void Check(WeightVersion version, IReadOnlyList<int> ids, IReadOnlyList<SequenceRows> sequences)
    {
        int rows = 0;
        foreach (SequenceRows sequence in sequences)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequence.Count, nameof(sequences));
            rows += sequence.Count;
        }

        if (rows != ids.Count || rows == 0)
        {
            throw new ArgumentException($"The sequences have {rows} rows, but there are {ids.Count} tokens.", nameof(sequences));
        }

        CheckVocabulary(ids);
        if (version.Layers is { } layers && layers != Config.Layers)
        {
            throw new ArgumentException($"The edits are of a model with {layers} layers; this one has {Config.Layers}.", nameof(version));
        }
    }
}
