using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tokenization;
using Ibke.Runtime.Training.Data;
using Ibke.Runtime.Training.Optimizers;
using Ibke.Runtime.Training.Tokenizers;

namespace Ibke.Runtime.Training.LanguageModels;

/// <summary>Writes the files of a model folder as other tools and <see cref="LanguageModel.Load"/> read it. Every file is written aside and renamed.</summary>
internal static class ModelFolder
{
    private const string EndOfText = "<|endoftext|>";
    private const string EndOfTurn = "<|im_end|>";
    private const string WeightFile = "model.safetensors";
    private const string ConfigFileName = "config.json";
    private const string TemplateFile = "chat_template.jinja";

    private static readonly string[] _tokenizerFiles = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "generation_config.json"];

    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    /// <summary>Whether a folder holds a model's weights.</summary>
    public static bool HasWeights(string folder) => File.Exists(Path.Combine(folder, WeightFile));

    /// <summary>
    /// Writes everything but the weights: the tokenizer, which is learned where the recipe says so, the template, and the configurations. All are
    /// those of the model that is trained on, where there is one.
    /// </summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="TrainingDataException">A text for the tokenizer cannot be used.</exception>
    public static void WriteFrame(string folder, TrainingRecipe recipe, CancellationToken cancellation)
    {
        if ((recipe.StartFrom ?? recipe.Tokenizer!.Folder) is { } given)
        {
            CopyFiles(given, folder, recipe.StartFrom is null ? _tokenizerFiles : [.. _tokenizerFiles, TemplateFile, ConfigFileName]);
        }
        else
        {
            BytePairTrainingOptions options = new()
            {
                VocabularySize = recipe.Tokenizer!.VocabularySize!.Value,
                Pattern = recipe.Tokenizer.Pattern ?? BytePairTrainingOptions.DefaultPattern,
            };
            TrainedTokenizer tokenizer = BytePairTrainer.Train(recipe.Tokenizer.TrainOn.SelectMany(TokenizerTexts.Read), options, cancellation);
            Write(folder, "tokenizer.json", tokenizer.ToJson());
            Write(folder, "tokenizer_config.json", TokenizerSettings(recipe));
        }

        if (recipe.ChatTemplate is { } template)
        {
            Write(folder, TemplateFile, File.ReadAllBytes(template));
        }

        if (recipe.Model is { } model)
        {
            WriteConfigurations(folder, model);
        }
    }

    /// <summary>Writes the weights, rounded to bfloat16.</summary>
    public static void WriteWeights(string folder, IReadOnlyList<TrainableParameter> parameters) => SafetensorsWriter.Write(
        Path.Combine(folder, WeightFile),
        parameters.Select(parameter => new StoredTensor(parameter.Name, ElementType.BFloat16, parameter.Shape, Round(parameter.Values))),
        new Dictionary<string, string> { ["format"] = "pt" });

    /// <summary>Copies the files of a model from one folder to another; the weights last, so that a folder with weights is complete.</summary>
    public static void Copy(string from, string to) => CopyFiles(from, to, [.. _tokenizerFiles, TemplateFile, ConfigFileName, WeightFile]);

    private static void CopyFiles(string from, string to, IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            if (File.Exists(Path.Combine(from, name)))
            {
                Write(to, name, File.ReadAllBytes(Path.Combine(from, name)));
            }
        }
    }

    private static void WriteConfigurations(string folder, NetworkSizes model)
    {
        Tokenizer tokenizer = Tokenizer.Load(folder);
        IReadOnlyList<int> ends = GenerationConfig.Load(folder).EosTokenIds;
        if (ends.Count == 0)
        {
            ends = [.. new[] { EndOfTurn, EndOfText, tokenizer.EosToken }.OfType<string>().Select(tokenizer.FindId).OfType<int>().Distinct()];
            JsonObject generation = new() { ["do_sample"] = false, ["eos_token_id"] = new JsonArray([.. ends.Select(id => (JsonNode)id)]) };
            if (tokenizer.FindId(EndOfText) is { } pad)
            {
                generation["pad_token_id"] = pad;
            }

            Write(folder, "generation_config.json", generation);
        }

        Write(folder, ConfigFileName, Config(model, tokenizer, ends));
    }

    private static JsonObject TokenizerSettings(TrainingRecipe recipe) => new()
    {
        ["tokenizer_class"] = "PreTrainedTokenizerFast",
        ["model_max_length"] = recipe.Model!.ContextLength,
        ["eos_token"] = recipe.ChatTemplate is null ? EndOfText : EndOfTurn,
        ["pad_token"] = EndOfText,
        ["clean_up_tokenization_spaces"] = false,
    };

    private static JsonObject Config(NetworkSizes model, Tokenizer tokenizer, IReadOnlyList<int> ends) => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["model_type"] = "llama",
        ["vocab_size"] = tokenizer.VocabularySize,
        ["hidden_size"] = model.HiddenSize,
        ["intermediate_size"] = model.IntermediateSize,
        ["num_hidden_layers"] = model.Layers,
        ["num_attention_heads"] = model.Heads,
        ["num_key_value_heads"] = model.KeyValueHeads,
        ["head_dim"] = model.HiddenSize / model.Heads,
        ["hidden_act"] = "silu",
        ["max_position_embeddings"] = model.ContextLength,
        ["rms_norm_eps"] = model.NormEpsilon,
        ["rope_theta"] = model.RopeTheta,
        ["attention_bias"] = false,
        ["mlp_bias"] = false,
        ["tie_word_embeddings"] = true,
        ["bos_token_id"] = tokenizer.BosToken is { } bos && tokenizer.FindId(bos) is { } id ? id : null,
        ["eos_token_id"] = ends.Count > 0 ? ends[0] : null,
        ["torch_dtype"] = "bfloat16",
    };

    // To the nearest, ties to even.
    private static byte[] Round(float[] values)
    {
        byte[] bytes = new byte[values.Length * sizeof(ushort)];
        for (int i = 0; i < values.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(values[i]);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i * sizeof(ushort)), (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
        }

        return bytes;
    }

    private static void Write(string folder, string file, JsonObject json) => Write(folder, file, JsonSerializer.SerializeToUtf8Bytes(json, _indented));

    private static void Write(string folder, string file, byte[] content) => WholeFile.Write(Path.Combine(folder, file), content);
}
