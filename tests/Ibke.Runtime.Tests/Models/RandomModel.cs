using System.Runtime.InteropServices;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Models;

/// <summary>A small Llama with random weights, and random neurons to edit it with.</summary>
internal sealed class RandomModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Checkpoint _checkpoint;
    private readonly Random _random;

    public RandomModel(TransformerConfig config, int seed = 1, WeightStorage weights = WeightStorage.AsStored)
    {
        _random = new Random(seed);
        SafetensorsWriter.Write(_folder["model.safetensors"], Weights(config));
        _checkpoint = Checkpoint.Open(_folder.Path);
        Transformer = Transformer.Load(_checkpoint, config, TestEngine.Shared, weights);
        Normalization = new NeuronNormalization(
            [.. Enumerable.Range(0, config.Layers).Select(_ => Random(0.1f, config.HiddenSize))],
            [.. Enumerable.Range(0, config.Layers).Select(_ => Ones(config.HiddenSize))]);
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

    public Transformer Transformer { get; }

    public NeuronNormalization Normalization { get; }

    /// <summary>An edit whose neurons answer to about half of all inputs.</summary>
    public WeightEdit Edit(int neurons = 3, NeuronForm form = NeuronForm.Sparse) => new(
        Normalization, [.. Enumerable.Range(0, Transformer.Config.Layers).Select(_ => Block(neurons, form))]);

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

    private NeuronBlock Block(int neurons, NeuronForm form)
    {
        int hidden = Transformer.Config.HiddenSize;
        using Tensor keys = Random(1, neurons, hidden);
        Tensor unit = Transformer.Engine.Operations.NormalizeRows(keys);
        Tensor thresholds = Transformer.Engine.Create(new TensorShape(neurons), Enumerable.Repeat(0.02f, neurons).ToArray());
        return new NeuronBlock(form, unit, form == NeuronForm.Sparse ? thresholds : null, Random(1, neurons, hidden));
    }

    private Tensor Ones(int count) => Transformer.Engine.Create(new TensorShape(count), Enumerable.Repeat(1f, count).ToArray());

    private Tensor Random(float scale, params ReadOnlySpan<int> dimensions)
    {
        TensorShape shape = new(dimensions);
        return Transformer.Engine.Create(shape, Values(shape, scale, 0));
    }

    private IEnumerable<StoredTensor> Weights(TransformerConfig config)
    {
        int hidden = config.HiddenSize;
        int queries = config.Heads * config.HeadSize;
        int keys = config.KeyValueHeads * config.HeadSize;
        yield return Stored("model.embed_tokens.weight", 1, 0, config.VocabularySize, hidden);
        yield return Stored("model.norm.weight", 0.1f, 1, hidden);
        if (!config.TiedEmbeddings)
        {
            yield return Stored("lm_head.weight", 0.3f, 0, config.VocabularySize, hidden);
        }

        for (int layer = 0; layer < config.Layers; layer++)
        {
            string block = $"model.layers.{layer}.";
            yield return Stored(block + "input_layernorm.weight", 0.1f, 1, hidden);
            yield return Stored(block + "self_attn.q_proj.weight", 0.3f, 0, queries, hidden);
            yield return Stored(block + "self_attn.k_proj.weight", 0.3f, 0, keys, hidden);
            yield return Stored(block + "self_attn.v_proj.weight", 0.3f, 0, keys, hidden);
            yield return Stored(block + "self_attn.o_proj.weight", 0.3f, 0, hidden, queries);
            yield return Stored(block + "post_attention_layernorm.weight", 0.1f, 1, hidden);
            yield return Stored(block + "mlp.gate_proj.weight", 0.3f, 0, config.IntermediateSize, hidden);
            yield return Stored(block + "mlp.up_proj.weight", 0.3f, 0, config.IntermediateSize, hidden);
            yield return Stored(block + "mlp.down_proj.weight", 0.3f, 0, hidden, config.IntermediateSize);
        }
    }

    private StoredTensor Stored(string name, float scale, float offset, params ReadOnlySpan<int> dimensions)
    {
        TensorShape shape = new(dimensions);
        return new StoredTensor(name, ElementType.Float32, shape, MemoryMarshal.AsBytes(Values(shape, scale, offset).AsSpan()).ToArray());
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
