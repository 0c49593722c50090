namespace Ibke.Runtime.Training.Tokenizers;

/// <summary>What a byte-level BPE tokenizer is to be like.</summary>
public sealed record BytePairTrainingOptions
{
    /// <summary>
    /// Cuts text into the pieces that tokens never reach across. Capitalised words never carry their leading space and digits stand alone, so a
    /// name or a number is the same tokens after a space, a quote or a line break, and copying one is copying tokens.
    /// </summary>
    public const string DefaultPattern = @"\p{Lu}\p{L}*| ?\p{Ll}+|\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s*[\r\n]+|\s";

    private const int Bytes = 256;

    /// <summary>The most tokens there are, with the 256 bytes, <see cref="SpecialTokens"/> and <see cref="AddedTokens"/>.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Tokens that steer the model; they get the first ids, in this order.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

    /// <summary>Texts that are always one token, but are shown like any other text; they get the last ids, in this order.</summary>
    public IReadOnlyList<string> AddedTokens { get; init; } = ["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"];

    /// <summary>A regular expression of Oniguruma; what it matches is a piece, and so is the text between matches.</summary>
    public string Pattern { get; init; } = DefaultPattern;

    /// <summary>How many tokens may be learned besides bytes and named tokens.</summary>
    internal int LearnedTokens => VocabularySize - Bytes - SpecialTokens.Count - AddedTokens.Count;

    /// <exception cref="ArgumentException">They cannot be kept.</exception>
    internal void Check()
    {
        if (LearnedTokens < 0)
        {
            throw new ArgumentException(
                $"A vocabulary of {VocabularySize} has no room for {Bytes} bytes and {SpecialTokens.Count + AddedTokens.Count} named tokens; "
                + $"it must be at least {VocabularySize - LearnedTokens}.",
                nameof(VocabularySize));
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (string name in SpecialTokens.Concat(AddedTokens))
        {
            if (name.Length < 2 || Tokenization.Tokenizer.WellFormed(name) != name || !names.Add(name))
            {
                throw new ArgumentException(
                    $"The named token '{name}' is there twice, is shorter than two characters, or is not well-formed text.", nameof(SpecialTokens));
            }
        }

        try
        {
            Tokenization.Patterns.Pattern.Parse(Pattern);
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"The pattern of pieces cannot be used: {e.Message}", nameof(Pattern), e);
        }
    }
}
