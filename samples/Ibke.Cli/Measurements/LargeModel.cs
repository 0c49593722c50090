using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;

namespace Ibke.Cli.Measurements;

/// <summary>
/// A Llama with random weights in a temporary folder, larger than any cache, so that decoding has to read memory. Deleted on disposal.
/// </summary>
internal sealed class LargeModel : IDisposable
{
    private const int Hidden = 1024;
    private const int Intermediate = 2816;
    private const int Layers = 12;
    private const int Heads = 8;
    private const int KeyValueHeads = 4;
    private const int HeadSize = Hidden / Heads;

    private LargeModel(string folder) => Folder = folder;

    /// <summary>Where it lies.</summary>
    public string Folder { get; }

    /// <summary>Writes one.</summary>
    /// <param name="tokenizerFolder">A model folder whose tokenizer it takes over.</param>
    /// <param name="type">How its weights are stored.</param>
    public static LargeModel Create(string tokenizerFolder, ElementType type)
    {
        int vocabulary = ConfigFile.Open(tokenizerFolder).GetInt("vocab_size");
        LargeModel model = new(Directory.CreateTempSubdirectory("ibke-bench-").FullName);
        try
        {
            File.WriteAllText(Path.Combine(model.Folder, "config.json"), Config(vocabulary).ToJsonString());
            File.Copy(Path.Combine(tokenizerFolder, "tokenizer.json"), Path.Combine(model.Folder, "tokenizer.json"));
            SafetensorsWriter.Write(Path.Combine(model.Folder, "model.safetensors"), Weights(vocabulary, type));
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static JsonObject Config(int vocabulary) => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["model_type"] = "llama",
        ["vocab_size"] = vocabulary,
        ["hidden_size"] = Hidden,
        ["intermediate_size"] = Intermediate,
        ["num_hidden_layers"] = Layers,
        ["num_attention_heads"] = Heads,
        ["num_key_value_heads"] = KeyValueHeads,
        ["head_dim"] = HeadSize,
        ["hidden_act"] = "silu",
        ["max_position_embeddings"] = 1024,
        ["rms_norm_eps"] = 1e-5,
        ["rope_theta"] = 10000.0,
        ["tie_word_embeddings"] = true,
    };

    private static IEnumerable<StoredTensor> Weights(int vocabulary, ElementType type)
    {
        Random random = new(1);
        StoredTensor Matrix(string name, int rows, int columns) =>
            new(name, type, new TensorShape(rows, columns), RandomValues(random, (long)rows * columns, type));
        StoredTensor Norm(string name) => new(name, type, new TensorShape(Hidden), Ones(Hidden, type));

        yield return Matrix("model.embed_tokens.weight", vocabulary, Hidden);
        yield return Norm("model.norm.weight");
        for (int layer = 0; layer < Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            yield return Norm(prefix + "input_layernorm.weight");
            yield return Norm(prefix + "post_attention_layernorm.weight");
            yield return Matrix(prefix + "self_attn.q_proj.weight", Hidden, Hidden);
            yield return Matrix(prefix + "self_attn.k_proj.weight", KeyValueHeads * HeadSize, Hidden);
            yield return Matrix(prefix + "self_attn.v_proj.weight", KeyValueHeads * HeadSize, Hidden);
            yield return Matrix(prefix + "self_attn.o_proj.weight", Hidden, Hidden);
            yield return Matrix(prefix + "mlp.gate_proj.weight", Intermediate, Hidden);
            yield return Matrix(prefix + "mlp.up_proj.weight", Intermediate, Hidden);
            yield return Matrix(prefix + "mlp.down_proj.weight", Hidden, Intermediate);
        }
    }

    /// <summary>Random signs and fractions of one power of two, 2⁻⁶: finite, of a usual size, and made as fast as random bits are.</summary>
    private static byte[] RandomValues(Random random, long count, ElementType type)
    {
        byte[] bytes = new byte[count * type.Size()];
        random.NextBytes(bytes);
        if (type == ElementType.BFloat16)
        {
            foreach (ref ushort value in MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan()))
            {
                value = (ushort)((value & 0x807F) | 0x3C80);
            }
        }
        else
        {
            foreach (ref uint value in MemoryMarshal.Cast<byte, uint>(bytes.AsSpan()))
            {
                value = (value & 0x807FFFFF) | 0x3C800000;
            }
        }

        return bytes;
    }

    private static byte[] Ones(int count, ElementType type)
    {
        int size = type.Size();
        byte[] bytes = new byte[count * size];
        for (int i = 0; i < count; i++)
        {
            if (type == ElementType.BFloat16)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i * size), 0x3F80);
            }
            else
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * size), 1);
            }
        }

        return bytes;
    }
}
