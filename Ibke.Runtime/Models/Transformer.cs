using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models.Families;
using Ibke.Runtime.Models.Network;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>A decoder-only transformer, written once against <see cref="Operations"/> for every family, engine and use.</summary>
/// <remarks>Thread-safe: the weights are never written. A key/value cache belongs to one pass at a time.</remarks>
public sealed class Transformer : IDisposable
{
    private readonly TransformerNetwork _network;

    private Transformer(Engine engine, TransformerConfig config, TransformerNetwork network)
    {
        Engine = engine;
        Config = config;
        _network = network;
        ReusableLength = network.Rotaries.Select(rotary => rotary.FixedLength).Append(int.MaxValue).Min();
        Parameters = network.Parameters.All
            .Where(parameter => parameter.Form != ParameterForm.Ones)
            .ToDictionary(parameter => parameter.Name, parameter => parameter.Stored, StringComparer.Ordinal);
    }

    /// <summary>Where the weights lie.</summary>
    public Engine Engine { get; }

    /// <summary>Sizes and options.</summary>
    public TransformerConfig Config { get; }

    /// <summary>The weights by their names in the checkpoint and in its layout, or as 8-bit blocks [out, in]; a matrix used twice is there once.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <summary>The matrices of linear layers in the blocks, [out, in], by their names: those that edits can add to; see <see cref="MatrixDelta"/>.</summary>
    public IReadOnlyDictionary<string, TensorShape> Matrices => _network.Matrices;

    /// <summary>For each layer the name of the matrix that its MLP ends with; null for a mixture of experts.</summary>
    internal IReadOnlyList<string?> MlpOutputs => _network.MlpOutputs;

    /// <summary>The longest sequence whose cached keys serve any longer one as well; see <see cref="RotaryEmbedding.FixedLength"/>.</summary>
    internal int ReusableLength { get; }

    /// <summary>Checks and loads the weights of a checkpoint.</summary>
    /// <exception cref="CheckpointException">Tensors are missing, have wrong shapes, or hold values that are not finite; they are named.</exception>
    public static Transformer Load(
        Checkpoint checkpoint, TransformerConfig config, Engine engine, WeightStorage weights = WeightStorage.AsStored)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(engine);
        WeightNames names = ModelFamilies.Find(config.Architecture).Names;
        string prefix = names.Prefixes.FirstOrDefault(prefix => checkpoint.TryGet(prefix + names.Embedding + ".weight", out _)) ?? names.Prefixes[0];
        TransformerNetwork network = NetworkBuilder.Build(config, names, prefix);
        WeightLoader.Load(checkpoint, network.Parameters, engine, weights);
        return new Transformer(engine, config, network);
    }

    /// <summary>Puts a network together from weights that are in no checkpoint.</summary>
    /// <param name="config">Sizes and options.</param>
    /// <param name="engine">Where the weights lie.</param>
    /// <param name="weights">Gives the tensor of a name and a shape, float32 and in the layout of checkpoints; the network owns it afterwards.</param>
    internal static Transformer Create(TransformerConfig config, Engine engine, Func<string, TensorShape, Tensor> weights)
    {
        WeightNames names = ModelFamilies.Find(config.Architecture).Names;
        TransformerNetwork network = NetworkBuilder.Build(config, names, names.Prefixes[0]);
        foreach (Parameter parameter in network.Parameters.All)
        {
            if (parameter.Form == ParameterForm.Ones)
            {
                parameter.Fill(engine.Create(parameter.Shape, Enumerable.Repeat(1f, (int)parameter.Shape.Count).ToArray()));
            }
            else
            {
                Tensor stored = weights(parameter.Name, parameter.Shape);
                parameter.Fill(stored, parameter.Form == ParameterForm.TransposedMatrix ? engine.Operations.Transpose(stored) : null);
            }
        }

        return new Transformer(engine, config, network);
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
        MlpObserver? observer = null) =>
        Forward(ops, version, ids, sequences, observer is null ? ForwardProbes.None : new ForwardProbes { Mlp = observer });

    /// <summary>As the public method, with more to show and to add.</summary>
    internal Tensor Forward(
        Operations ops,
        WeightVersion version,
        IReadOnlyList<int> ids,
        IReadOnlyList<SequenceRows> sequences,
        ForwardProbes probes)
    {
        ArgumentNullException.ThrowIfNull(ops);
        ArgumentNullException.ThrowIfNull(version);
        Check(version, ids, sequences);
        using ForwardPass pass = new(ops, Engine, version, sequences, _network.Rotaries, probes);
        Tensor stream = _network.Input.Apply(pass, ids); // [rows, hidden]
        try
        {
            for (int layer = 0; layer < Config.Layers; layer++)
            {
                probes.Stream?.Invoke(layer, stream);
                Tensor next = _network.Blocks[layer].Apply(pass, stream);
                stream.Dispose();
                stream = next;
            }

            probes.Stream?.Invoke(Config.Layers, stream);
            Tensor normed = _network.Output.Normalize(ops, stream); // [rows, hidden]
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
        return _network.Output.Score(ops, hidden);
    }

    /// <summary>Returns the weights' memory.</summary>
    public void Dispose()
    {
        foreach (Parameter parameter in _network.Parameters.All)
        {
            parameter.Release();
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

    private void Check(WeightVersion version, IReadOnlyList<int> ids, IReadOnlyList<SequenceRows> sequences)
    {
        int rows = 0;
        foreach (SequenceRows sequence in sequences)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequence.Count, nameof(sequences));
            rows += sequence.Count;
            if (sequence.Start + sequence.Count > _network.Input.MostPositions)
            {
                throw new ArgumentException(
                    $"A sequence has {sequence.Start + sequence.Count} positions, but the model has learned {_network.Input.MostPositions}.",
                    nameof(sequences));
            }
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

        foreach ((string name, MatrixOverlay overlay) in version.Overlays)
        {
            if (!Matrices.TryGetValue(name, out TensorShape shape) || shape != overlay.Shape)
            {
                throw new ArgumentException(
                    $"An edit changes the matrix {name} {overlay.Shape}, but in the blocks of this model "
                    + (shape.Rank == 0 ? "there is none of that name." : $"it is {shape}."),
                    nameof(version));
            }
        }
    }
}
