using Ibke.Runtime.Tokenization;

namespace Ibke.Cli.Tokenizing;

/// <summary>A text and its tokens.</summary>
/// <param name="Ids">The tokens' ids.</param>
/// <param name="Tokens">The tokens as the file writes them; null for an id that the vocabulary does not have.</param>
/// <param name="Text">The text of the tokens; null where a text was given.</param>
internal sealed record TokenizedText(IReadOnlyList<int> Ids, IReadOnlyList<string?> Tokens, string? Text)
{
    /// <summary>The tokens of a text.</summary>
    public static TokenizedText Encode(Tokenizer tokenizer, string text, bool specialTokens)
    {
        IReadOnlyList<int> ids = tokenizer.Encode(text, specialTokens);
        return new TokenizedText(ids, [.. ids.Select(tokenizer.TokenText)], null);
    }

    /// <summary>The text of tokens.</summary>
    public static TokenizedText Decode(Tokenizer tokenizer, IReadOnlyList<int> ids, bool specialTokens) =>
        new(ids, [.. ids.Select(tokenizer.TokenText)], tokenizer.Decode(ids, skipSpecialTokens: !specialTokens));
}
