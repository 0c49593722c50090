using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Models.Families;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Models;

/// <summary>A model folder, loaded: weights, tokenizer, chat template, and the published version of the edits in force.</summary>
/// <remarks>Thread-safe. Dispose it after everything that uses it.</remarks>
public sealed class LanguageModel : IDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly bool _ownsEngine;

    private LanguageModel(string folder, Checkpoint checkpoint, Transformer transformer, bool ownsEngine)
    {
        _checkpoint = checkpoint;
        _ownsEngine = ownsEngine;
        Folder = folder;
        Id = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        Transformer = transformer;
        Tokenizer = Tokenizer.Load(folder);
        Template = ChatTemplate.Load(folder);
        Generation = GenerationConfig.Load(folder);
        EndOfSequenceIds = FindEndOfSequence().ToHashSet();
    }

    /// <summary>The folder's name.</summary>
    public string Id { get; }

    /// <summary>The folder as it was given.</summary>
    public string Folder { get; }

    /// <summary>Sizes and options.</summary>
    public TransformerConfig Config => Transformer.Config;

    /// <summary>The network.</summary>
    public Transformer Transformer { get; }

    /// <summary>Text to tokens and back.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>How a conversation becomes text; null for a model that was not trained to chat.</summary>
    public ChatTemplate? Template { get; }

    /// <summary>What the folder says about generation.</summary>
    public GenerationConfig Generation { get; }

    /// <summary>The tokens that end a reply: those of the generation settings, or else the tokenizer's.</summary>
    public IReadOnlySet<int> EndOfSequenceIds { get; }

    /// <summary>The published version of the edits in force.</summary>
    public WeightVersions Versions { get; } = new();

    /// <summary>Where it runs.</summary>
    public Engine Engine => Transformer.Engine;

    /// <summary>SHA-256 of the weight files; computed when first asked for, which reads all of them.</summary>
    public string ContentHash => _checkpoint.ContentHash;

    /// <summary>The bytes of the weight files.</summary>
    public long Bytes => _checkpoint.Bytes;

    /// <summary>Loads a model. Every weight is checked once: present, of the right shape, finite.</summary>
    /// <param name="folder">Holds <c>config.json</c>, <c>model.safetensors</c> or its shards, <c>tokenizer.json</c>, and for chat models a template.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="CheckpointException">A file is missing, damaged or does not fit the others; the message names it.</exception>
    public static LanguageModel Load(string folder, LanguageModelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Engine engine = options?.Engine ?? new CpuEngine();
        bool ownsEngine = options?.Engine is null;
        Checkpoint? checkpoint = null;
        Transformer? transformer = null;
        try
        {
            TransformerConfig config = ModelFamilies.ReadConfig(ConfigFile.Open(folder));
            checkpoint = Checkpoint.Open(folder);
            transformer = Transformer.Load(checkpoint, config, engine);
            return new LanguageModel(folder, checkpoint, transformer, ownsEngine);
        }
        catch
        {
            transformer?.Dispose();
            checkpoint?.Dispose();
            if (ownsEngine)
            {
                engine.Dispose();
            }

            throw;
        }
    }

    /// <summary>Returns the weights' memory, and stops the engine if it is the model's own.</summary>
    public void Dispose()
    {
        Transformer.Dispose();
        _checkpoint.Dispose();
        if (_ownsEngine)
        {
            Engine.Dispose();
        }
    }

    private IEnumerable<int> FindEndOfSequence() =>
        Generation.EosTokenIds.Count > 0 ? Generation.EosTokenIds
        : Tokenizer.EosToken is { } token && Tokenizer.FindId(token) is { } id ? [id]
        : [];
}
