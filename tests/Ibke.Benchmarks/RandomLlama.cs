using System.Runtime.InteropServices;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Benchmarks;

/// <summary>A small Llama of the embedded model's shape with random float32 weights, in a temporary folder that disposal deletes.</summary>
internal sealed class RandomLlama : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ibke-benchmark-");
    private readonly Checkpoint _checkpoint;

    /// <summary>Writes the weights.</summary>
    public RandomLlama()
    {
        SafetensorsWriter.Write(Path.Combine(_folder.FullName, "model.safetensors"), Weights());
        _checkpoint = Checkpoint.Open(_folder.FullName);
    }

    /// <summary>Sizes.</summary>
    public static TransformerConfig Config { get; } = new()
    {
        Architecture = "LlamaForCausalLM",
        HiddenSize = 256,
        Layers = 6,
        Heads = 4,
        KeyValueHeads = 4,
        HeadSize = 64,
        IntermediateSize = 640,
        VocabularySize = 3072,
        ContextLength = 512,
        NormEpsilon = 1e-5f,
        Activation = Activation.Silu,
        TiedEmbeddings = true,
        Rope = new RopeSettings { OriginalContextLength = 512 },
    };

    /// <summary>The model with weights that no pass has used before, as each step of a training finds it.</summary>
    public Transformer Load(Engine engine) => Transformer.Load(_checkpoint, Config, engine);

    /// <inheritdoc/>
    public void Dispose()
    {
        _checkpoint.Dispose();
        _folder.Delete(recursive: true);
    }

    private static IEnumerable<StoredTensor> Weights()
    {
        int seed = 0;
        StoredTensor Matrix(string name, int rows, int columns) => Stored(
            name, new TensorShape(rows, columns), [.. RandomTensors.Values(rows * columns, ++seed).Select(value => value * 0.06f)]);
        StoredTensor Norm(string name) => Stored(name, new TensorShape(Config.HiddenSize), [.. Enumerable.Repeat(1f, Config.HiddenSize)]);
        (int hidden, int keys, int inner) = (Config.HiddenSize, Config.KeyValueHeads * Config.HeadSize, Config.IntermediateSize);

        yield return Matrix("model.embed_tokens.weight", Config.VocabularySize, hidden);
        yield return Norm("model.norm.weight");
        for (int layer = 0; layer < Config.Layers; layer++)
        {
            string block = $"model.layers.{layer}.";
            yield return Norm(block + "input_layernorm.weight");
            yield return Norm(block + "post_attention_layernorm.weight");
            yield return Matrix(block + "self_attn.q_proj.weight", hidden, hidden);
            yield return Matrix(block + "self_attn.k_proj.weight", keys, hidden);
            yield return Matrix(block + "self_attn.v_proj.weight", keys, hidden);
            yield return Matrix(block + "self_attn.o_proj.weight", hidden, hidden);
            yield return Matrix(block + "mlp.gate_proj.weight", inner, hidden);
            yield return Matrix(block + "mlp.up_proj.weight", inner, hidden);
            yield return Matrix(block + "mlp.down_proj.weight", hidden, inner);
        }
    }

    private static StoredTensor Stored(string name, TensorShape shape, float[] values) =>
        new(name, ElementType.Float32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
}
