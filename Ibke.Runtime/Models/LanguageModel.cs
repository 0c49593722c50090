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
    private readonly Tokenizer? _tokenizer;

    private LanguageModel(string folder, Checkpoint checkpoint, Transformer transformer, bool ownsEngine, string? tokenizerFolder)
    {
        _checkpoint = checkpoint;
        _ownsEngine = ownsEngine;
        Folder = folder;
        Id = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        Transformer = transformer;
        _tokenizer = LoadTokenizer(tokenizerFolder);
        Template = (tokenizerFolder is null ? null : ChatTemplate.Load(tokenizerFolder)) ?? ChatTemplate.Load(folder);
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

    /// <summary>Whether there is a tokenizer. Without one the model continues tokens, but reads and writes no text.</summary>
    public bool HasTokenizer => _tokenizer is not null;

    /// <summary>Text to tokens and back.</summary>
    /// <exception cref="InvalidOperationException">There is none; see <see cref="HasTokenizer"/>.</exception>
    public Tokenizer Tokenizer => _tokenizer ?? throw new InvalidOperationException(
        $"The model '{Id}' has no tokenizer: there is no {Tokenizer.FileName} in {Folder}. Name a folder that has one ({nameof(LanguageModelOptions)}.{nameof(LanguageModelOptions.TokenizerFolder)}), "
        + "or give tokens instead of text.");

    /// <summary>
    /// Tokens from this one on are unknown to the tokenizer: rows by which published embeddings are padded to a round size. Nothing that is
    /// generated holds one. The vocabulary's size where there is no tokenizer.
    /// </summary>
    internal int UsableVocabulary => Math.Min(Config.VocabularySize, _tokenizer?.VocabularySize ?? int.MaxValue);

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
    /// <param name="folder">Holds <c>config.json</c>, <c>model.safetensors</c> or its shards, as a rule <c>tokenizer.json</c>, and for chat models a template.</param>
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
            transformer = Transformer.Load(checkpoint, config, engine, options?.Weights ?? WeightStorage.AsStored);
            return new LanguageModel(folder, checkpoint, transformer, ownsEngine, options?.TokenizerFolder);
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
        : _tokenizer?.EosToken is { } token && _tokenizer.FindId(token) is { } id ? [id]
        : [];

    // The model's own tokenizer may be missing, a named one may not. Added tokens beyond the embedding, such as the mark of an image, are
    // refused only where a text holds them.
    private Tokenizer? LoadTokenizer(string? named)
    {
        string folder = named ?? Folder;
        if (named is null && !File.Exists(Path.Combine(folder, Tokenizer.FileName)))
        {
            return null;
        }

        Tokenizer tokenizer = Tokenizer.Load(folder);
        HashSet<string> added = [.. tokenizer.AddedTokens];
        for (int id = Config.VocabularySize; id < tokenizer.VocabularySize; id++)
        {
            if (tokenizer.TokenText(id) is { } text && !added.Contains(text))
            {
                throw new CheckpointException(
                    Path.Combine(folder, Tokenizer.FileName),
                    $"there are tokens up to {tokenizer.VocabularySize - 1}, but the embedding of {Id} has only {Config.VocabularySize} rows",
                    "Use the tokenizer that belongs to the model.");
            }
        }

        return tokenizer;
    }
}
