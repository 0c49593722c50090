using System.Runtime.InteropServices;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;
using Ibke.Runtime.Models.Families;
using Ibke.Runtime.Models.Network;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Models;

/// <summary>A model of any family with random weights, and random neurons to edit it with.</summary>
internal sealed class RandomModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Checkpoint _checkpoint;
    private readonly Random _random;
    private readonly RandomNeurons _neurons;
    private readonly IReadOnlyDictionary<string, float[]>? _added;

    /// <param name="config">Its sizes.</param>
    /// <param name="seed">Of its weights.</param>
    /// <param name="weights">How they are held.</param>
    /// <param name="engine">Null for the shared one.</param>
    /// <param name="added">By the names of weights, what is added to the random values.</param>
    public RandomModel(
        TransformerConfig config,
        int seed = 1,
        WeightStorage weights = WeightStorage.AsStored,
        Engine? engine = null,
        IReadOnlyDictionary<string, float[]>? added = null)
    {
        _added = added;
        _random = new Random(seed);
        SafetensorsWriter.Write(_folder["model.safetensors"], Weights(config));
        _checkpoint = Checkpoint.Open(_folder.Path);
        Transformer = Transformer.Load(_checkpoint, config, engine ?? TestEngine.Shared, weights);
        _neurons = new RandomNeurons(config, Transformer.Engine, seed);
    }

    /// <summary>Sizes for which a forward pass takes no time.</summary>
    public static TransformerConfig TinyConfig { get; } = new()
    {
        Architecture = "LlamaForCausalLM",
        HiddenSize = 32,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 8,
        IntermediateSize = 48,
        VocabularySize = 96,
        ContextLength = 64,
        NormEpsilon = 1e-5f,
        Activation = Activation.Silu,
        Rope = new RopeSettings { OriginalContextLength = 64 },
    };

    /// <summary>Where <c>model.safetensors</c> lies.</summary>
    public string Folder => _folder.Path;

    public Transformer Transformer { get; }

    public NeuronNormalization Normalization => _neurons.Normalization;

    /// <summary>An edit whose neurons answer to about half of all inputs.</summary>
    public WeightEdit Edit(int neurons = 3, NeuronForm form = NeuronForm.Sparse) => _neurons.Edit(form, neurons);

    public float[] Logits(WeightVersion version, int[] ids, params SequenceRows[] sequences)
    {
        Operations ops = Transformer.Engine.Operations;
        using Tensor hidden = Transformer.Forward(ops, version, ids, sequences.Length == 0 ? [new SequenceRows(ids.Length)] : sequences);
        using Tensor logits = Transformer.Logits(ops, hidden);
        return logits.ToArray();
    }

    public void Dispose()
    {
        Transformer.Dispose();
        _checkpoint.Dispose();
        _folder.Dispose();
    }

    // Norms are around one, biases around zero; embeddings are larger than other matrices.
    private IEnumerable<StoredTensor> Weights(TransformerConfig config)
    {
        WeightNames names = ModelFamilies.Find(config.Architecture).Names;
        foreach (Parameter parameter in NetworkBuilder.Build(config, names, names.Prefixes[0]).Parameters.All)
        {
            bool norm = parameter.Shape.Rank == 1 && parameter.Name.EndsWith(".weight", StringComparison.Ordinal);
            bool embedding = parameter.Name.EndsWith(names.Embedding + ".weight", StringComparison.Ordinal);
            if (parameter.Form != ParameterForm.Ones)
            {
                yield return Stored(parameter.Name, norm ? 0.1f : embedding ? 1 : 0.3f, norm ? 1 : 0, parameter.Shape);
            }
        }
    }

    private StoredTensor Stored(string name, float scale, float offset, TensorShape shape)
    {
        float[] values = Values(shape, scale, offset);
        if (_added?.GetValueOrDefault(name) is { } added)
        {
            values = [.. values.Zip(added, (value, more) => value + more)];
        }

        return new StoredTensor(name, ElementType.Float32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    private float[] Values(TensorShape shape, float scale, float offset)
    {
        float[] values = new float[shape.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = offset + scale * (float)(_random.NextDouble() * 2 - 1);
        }

        return values;
    }
}
