using Ibke.Runtime.Tokenization;

namespace Ibke.Cli.Tokenizing;

/// <summary>A text and its tokens.</summary>
/// <param name="Ids">The tokens' ids.</param>
/// <param name="Tokens">The tokens as the file writes them.</param>
/// <param name="Offsets">Where each begins and ends in the text that was given, in code points; null where ids were given.</param>
/// <param name="Text">The text of the tokens; null where a text was given.</param>
internal sealed record TokenizedText(
    IReadOnlyList<int> Ids, IReadOnlyList<string> Tokens, IReadOnlyList<IReadOnlyList<int>>? Offsets, string? Text)
{
    /// <summary>The tokens of a text.</summary>
    public static TokenizedText Encode(Tokenizer tokenizer, string text, bool specialTokens)
    {
        IReadOnlyList<EncodedToken> tokens = tokenizer.EncodeWithOffsets(text, specialTokens);
        int[] codePoints = CodePointsBefore(text);
        return new TokenizedText(
            [.. tokens.Select(token => token.Id)],
            [.. tokens.Select(token => token.Text)],
            [.. tokens.Select(token => (IReadOnlyList<int>)[codePoints[token.Start], codePoints[token.End]])],
            null);
    }

    /// <summary>The text of tokens.</summary>
    /// <exception cref="CommandException">The vocabulary does not have one.</exception>
    public static TokenizedText Decode(Tokenizer tokenizer, IReadOnlyList<int> ids, bool specialTokens)
    {
        string[] tokens = [.. ids.Select(id => tokenizer.TokenText(id)
            ?? throw new CommandException($"There is no token {id} (--ids) in the vocabulary; its highest is {tokenizer.VocabularySize - 1}."))];
        return new TokenizedText(ids, tokens, null, tokenizer.Decode(ids, skipSpecialTokens: !specialTokens));
    }

    // How many code points begin before each place of the text.
    private static int[] CodePointsBefore(string text)
    {
        int[] counts = new int[text.Length + 1];
        for (int i = 0; i < text.Length; i++)
        {
            counts[i + 1] = counts[i] + (char.IsLowSurrogate(text[i]) && i > 0 && char.IsHighSurrogate(text[i - 1]) ? 0 : 1);
        }

        return counts;
    }
}
