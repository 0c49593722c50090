using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Cli.Inspecting;

/// <summary>What a model folder holds. A part that could not be read is null, and <see cref="Problems"/> says why.</summary>
internal sealed record ModelReport
{
    /// <summary>The folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Its files; empty where it holds neither config.json nor weights.</summary>
    public IReadOnlyList<FolderFile> Files { get; init; } = [];

    /// <summary>The first entry of <c>architectures</c>.</summary>
    public string? Architecture { get; set; }

    /// <summary>Sizes and options, as the engine understands them.</summary>
    public TransformerConfig? Config { get; set; }

    /// <summary>The weights.</summary>
    public WeightsReport? Weights { get; set; }

    /// <summary>The tokenizer.</summary>
    public TokenizerReport? Tokenizer { get; set; }

    /// <summary>The chat template.</summary>
    public TemplateReport? Template { get; set; }

    /// <summary>Defaults of generation.</summary>
    public GenerationConfig? Generation { get; set; }

    /// <summary>The trained editor.</summary>
    public EditorReport? Editor { get; set; }

    /// <summary>The model's card.</summary>
    public CardReport? Card { get; set; }

    /// <summary>Whether the engine loads the model.</summary>
    public bool Loads { get; set; }

    /// <summary>What is wrong or missing, and what to do.</summary>
    public List<string> Problems { get; } = [];
}

/// <summary>A file of the folder.</summary>
internal sealed record FolderFile(string Name, long Bytes);

/// <summary>The weights of a model.</summary>
/// <param name="Parameters">Values in all tensors.</param>
/// <param name="Bytes">Of the weight files.</param>
/// <param name="Types">How many tensors, values and bytes are stored in which way.</param>
/// <param name="Sha256">Of the weight files; what an editor is bound to.</param>
internal sealed record WeightsReport(long Parameters, long Bytes, IReadOnlyList<StoredAs> Types, string Sha256);

/// <summary>Tensors stored in one way.</summary>
internal sealed record StoredAs(ElementType Type, int Tensors, long Parameters, long Bytes);

/// <summary>The tokenizer of a model.</summary>
/// <param name="Kind">The kind of its vocabulary, as the file names it: BPE, Unigram, …</param>
/// <param name="VocabularySize">One more than the highest id.</param>
/// <param name="BosToken">The token that begins a text.</param>
/// <param name="EosToken">The token that ends a reply.</param>
internal sealed record TokenizerReport(string? Kind, int VocabularySize, string? BosToken, string? EosToken);

/// <summary>The chat template of a model.</summary>
/// <param name="Example">What it makes of one short user message; null where it refuses that.</param>
internal sealed record TemplateReport(string? Example)
{
    /// <summary>The form of function calls that it teaches; null where the model could not be loaded.</summary>
    public string? ToolCalls { get; set; }
}

/// <summary>The editor of a model.</summary>
/// <param name="Format">The form of its updates.</param>
/// <param name="Rounds">The most rounds an edit takes.</param>
/// <param name="ForThisModel">Whether it was made for exactly these weights; null where it does not say.</param>
internal sealed record EditorReport(string Format, int Rounds, bool? ForThisModel);

/// <summary>The card of a model.</summary>
internal sealed record CardReport(string? UnknownAnswer, int WordingGroups, int Wordings, int LocalityQuestions, int Sentences, int Canaries);
