using Ibke.Runtime.Constraints;

namespace Ibke.Runtime.Generation;

/// <summary>How tokens are chosen and when a generation ends. The default is greedy decoding.</summary>
/// <remarks>
/// Applied in this order: constraint, logit bias, repetition penalty, frequency and presence penalty, temperature, top-k, top-p, min-p, typical-p.
/// At temperature 0 the four filters are skipped.
/// </remarks>
public sealed record GenerationOptions
{
    /// <summary>The most tokens that are generated, an end-of-sequence token included. Default 256, at least 1.</summary>
    public int MaxNewTokens { get; init; } = 256;

    /// <summary>Divides the logits. Default 0: greedy, the token with the largest logit, the lowest id on ties.</summary>
    public float Temperature { get; init; }

    /// <summary>Keeps the tokens whose logit is at least the k-th largest. Default 0: off.</summary>
    public int TopK { get; init; }

    /// <summary>Keeps the fewest most probable tokens whose probabilities reach this sum, at least one. Default 1: off; 0 to 1.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Keeps tokens at least this probable in relation to the most probable one. Default 0: off; 0 to 1.</summary>
    public float MinP { get; init; }

    /// <summary>Keeps the tokens whose surprise is closest to the expected one until their probabilities reach this sum. Default 1: off; above 0, at most 1.</summary>
    public float TypicalP { get; init; } = 1;

    /// <summary>Divides positive and multiplies negative logits of tokens in the prompt or the reply. Default 1: off; above 0.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Subtracted from a token's logit once for each time it occurs in the reply. Default 0.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Subtracted from a token's logit if it occurs in the reply. Default 0.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Added to the logits of these tokens; −100 bans and 100 forces in practice. Ids outside the vocabulary are refused.</summary>
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }

    /// <summary>Decides all draws; null takes a new one each time. Ignored at temperature 0.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Texts that end the generation and are not part of it. They may span tokens. None may be empty.</summary>
    public IReadOnlyList<string> StopSequences { get; init; } = [];

    /// <summary>Whether the text of special tokens is part of the generated text. Default false. End-of-sequence tokens never are.</summary>
    public bool IncludeSpecialTokens { get; init; }

    /// <summary>Special tokens whose text is part of the generated text although the others' is not; null: none.</summary>
    internal IReadOnlySet<int>? ShownSpecialTokens { get; init; }

    /// <summary>Tokens that end the generation besides the model's own; null: none.</summary>
    internal IReadOnlySet<int>? EndTokens { get; init; }

    /// <summary>
    /// What the text has to look like. Default null: anything. Tokens that lead elsewhere are ruled out before everything else, and the text is
    /// always completed within <see cref="MaxNewTokens"/> and the context; where they are too short for any such text, the call is refused. Stop
    /// sequences still end the text, complete or not. A bias that bans every token that the constraint allows fails the generation.
    /// </summary>
    public TextConstraint? Constraint { get; init; }

    /// <summary>
    /// Asks for the log-probability of every chosen token, and of so many of the most probable ones. Default null: neither, at no cost. 0 to 20.
    /// </summary>
    public int? LogProbabilities { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    /// <exception cref="ArgumentException">A stop sequence is empty.</exception>
    public void Validate()
    {
        Require(MaxNewTokens >= 1, MaxNewTokens, nameof(MaxNewTokens), "at least 1");
        Require(Temperature >= 0 && float.IsFinite(Temperature), Temperature, nameof(Temperature), "finite and at least 0");
        Require(TopK >= 0, TopK, nameof(TopK), "at least 0");
        Require(TopP is >= 0 and <= 1, TopP, nameof(TopP), "from 0 to 1");
        Require(MinP is >= 0 and <= 1, MinP, nameof(MinP), "from 0 to 1");
        Require(TypicalP is > 0 and <= 1, TypicalP, nameof(TypicalP), "above 0 and at most 1");
        Require(RepetitionPenalty > 0 && float.IsFinite(RepetitionPenalty), RepetitionPenalty, nameof(RepetitionPenalty), "finite and above 0");
        Require(float.IsFinite(FrequencyPenalty), FrequencyPenalty, nameof(FrequencyPenalty), "finite");
        Require(float.IsFinite(PresencePenalty), PresencePenalty, nameof(PresencePenalty), "finite");
        Require(LogProbabilities is null or (>= 0 and <= 20), LogProbabilities, nameof(LogProbabilities), "from 0 to 20");
        foreach ((int id, float bias) in LogitBias ?? new Dictionary<int, float>())
        {
            Require(id >= 0, id, nameof(LogitBias), "of token ids from 0");
            Require(!float.IsNaN(bias) && !float.IsPositiveInfinity(bias), bias, nameof(LogitBias), "finite, or negative infinity to ban a token");
        }

        if (StopSequences.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A stop sequence is empty.", nameof(StopSequences));
        }
    }

    private static void Require<T>(bool holds, T value, string name, string range)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {range}.");
        }
    }
}
