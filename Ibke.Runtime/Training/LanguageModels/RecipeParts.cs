using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Schedules;
using Ibke.Runtime.Training.Tokenizers;

namespace Ibke.Runtime.Training.LanguageModels;

/// <summary>The sizes of a network of the Llama form whose output matrix is its embedding.</summary>
public sealed record NetworkSizes
{
    /// <summary>Values of the residual stream at one position.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>The number of blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads; divides <see cref="HiddenSize"/>.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads; divides <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Values inside the MLP.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>The most positions of a sequence; longer documents are cut.</summary>
    public int ContextLength { get; init; } = 512;

    /// <summary>The base of the rotary embedding.</summary>
    public float RopeTheta { get; init; } = 10_000;

    /// <summary>Added to the mean square in norms.</summary>
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>The configuration with a vocabulary.</summary>
    internal TransformerConfig ToConfig(int vocabulary) => new()
    {
        Architecture = "LlamaForCausalLM",
        HiddenSize = HiddenSize,
        Layers = Layers,
        Heads = Heads,
        KeyValueHeads = KeyValueHeads,
        HeadSize = HiddenSize / Heads,
        IntermediateSize = IntermediateSize,
        VocabularySize = vocabulary,
        ContextLength = ContextLength,
        NormEpsilon = NormEpsilon,
        Activation = Activation.Silu,
        Rope = new RopeSettings { Theta = RopeTheta, OriginalContextLength = ContextLength },
        TiedEmbeddings = true,
    };

    /// <summary>What makes them impossible and what to do, as sentences; null where nothing does.</summary>
    internal string? FindProblem() =>
        Heads <= 0 || HiddenSize % Heads != 0 || HiddenSize / Heads % 2 != 0
            ? $"'model': a hidden size of {HiddenSize} cannot be shared by {Heads} heads of an even size."
            : ToConfig(1).FindProblem() is { } problem ? $"'model': {problem}." : null;
}

/// <summary>A tokenizer that is there already, or one that is learned from the texts of files.</summary>
public sealed record TokenizerChoice
{
    /// <summary>The folder of a tokenizer that is taken as it is; null where one is learned.</summary>
    public string? Folder { get; init; }

    /// <summary>Files that a tokenizer is learned from: texts and chats where they end in <c>.jsonl</c>, plain text otherwise.</summary>
    public IReadOnlyList<string> TrainOn { get; init; } = [];

    /// <summary>The number of tokens to learn, named ones included.</summary>
    public int? VocabularySize { get; init; }

    /// <summary>The regular expression of the pieces that tokens never reach across; null: <see cref="BytePairTrainingOptions.DefaultPattern"/>.</summary>
    public string? Pattern { get; init; }

    /// <summary>What makes it impossible and what to do, as a sentence; null where nothing does.</summary>
    internal string? FindProblem() =>
        Folder is not null == TrainOn.Count > 0 ? "'tokenizer' needs either 'folder', or 'train_on' and 'vocabulary_size'."
        : Folder is not null && Pattern is not null ? "'tokenizer': a 'pattern' is for one that is learned; that of 'folder' has its own."
        : TrainOn.Count > 0 && VocabularySize is null ? "'tokenizer' needs a 'vocabulary_size' beside 'train_on'."
        : FindPatternProblem();

    private string? FindPatternProblem()
    {
        try
        {
            Tokenization.Patterns.Pattern.Parse(Pattern ?? BytePairTrainingOptions.DefaultPattern);
            return null;
        }
        catch (FormatException e)
        {
            return $"'tokenizer': the 'pattern' cannot be used: {e.Message}";
        }
    }
}

/// <summary>A file of training data and its part of each step.</summary>
public sealed record DataShare
{
    private readonly string? _name;

    /// <summary>Chats or texts, as JSON lines.</summary>
    public required string File { get; init; }

    /// <summary>What it is called in reports. Default: the name of the file without its ending.</summary>
    public string Name
    {
        get => _name ?? Path.GetFileNameWithoutExtension(File);
        init => _name = value;
    }

    /// <summary>Its tokens, against those of the other files at the same step; of any scale. One number, or a list of pieces.</summary>
    public required StepValues Share { get; init; }
}

/// <summary>Optimizers and rates.</summary>
public sealed record OptimizerChoice
{
    /// <summary>The learning rate of Muon for the matrices of blocks; null leaves them to AdamW.</summary>
    public float? MuonRate { get; init; } = .02f;

    /// <summary>The learning rate of AdamW for everything else.</summary>
    public float AdamwRate { get; init; } = 3e-3f;

    /// <summary>How fast the values that Muon changes shrink, against its learning rate.</summary>
    public float MuonDecay { get; init; } = .01f;

    /// <summary>How fast matrices that AdamW changes shrink, against its learning rate.</summary>
    public float AdamwDecay { get; init; }

    /// <summary>β₁ and β₂ of AdamW.</summary>
    public IReadOnlyList<float> AdamwBetas { get; init; } = [.9f, .98f];

    /// <summary>The largest norm of all gradients together; null leaves every one.</summary>
    public float? ClipNorm { get; init; }

    /// <summary>Steps over which the rates rise.</summary>
    public int WarmUpSteps { get; init; } = 40;

    /// <summary>The share of the run after which the rates fall.</summary>
    public double FlatShare { get; init; } = .45;

    /// <summary>What the rates fall to, as a share of the highest.</summary>
    public double FinalShare { get; init; } = .01;

    /// <summary>How they fall.</summary>
    public RateFall Fall { get; init; }

    /// <summary>What makes them impossible and what to do, as a sentence; null where nothing does.</summary>
    internal string? FindProblem() =>
        !(AdamwRate > 0) || MuonRate is { } rate && !(rate > 0) ? "'optimizer': a learning rate is not positive. Give a positive one, or null for 'muon_rate'."
        : AdamwBetas.Count != 2 || AdamwBetas.Any(beta => !(beta is >= 0 and < 1)) ? "'optimizer': 'adamw_betas' must be two numbers in [0, 1)."
        : !(MuonDecay >= 0) || !(AdamwDecay >= 0) ? "'optimizer': a decay is negative. Give 0 or more."
        : ClipNorm is { } norm && !(norm > 0) ? "'optimizer': 'clip_norm' must be positive, or null."
        : WarmUpSteps < 0 ? "'optimizer': 'warm_up_steps' is negative. Give 0 or more."
        : !(FlatShare is >= 0 and <= 1) || !(FinalShare is >= 0 and <= 1) ? "'optimizer': 'flat_share' and 'final_share' must be in [0, 1]."
        : null;
}
