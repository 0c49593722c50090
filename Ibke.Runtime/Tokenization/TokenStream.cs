using Ibke.Runtime.Tokenization.Decoders;

namespace Ibke.Runtime.Tokenization;

/// <summary>
/// Decodes tokens one by one. It never hands out half a character: bytes wait until their character is complete or known to be invalid,
/// and what was handed out is never taken back. All texts together are the decoding of all ids together.
/// </summary>
/// <remarks>Belongs to one caller at a time.</remarks>
public sealed class TokenStream
{
    private readonly Tokenizer _tokenizer;
    private readonly DecodedText _text;
    private readonly bool _skipSpecialTokens;
    private readonly IReadOnlySet<int>? _shown;

    internal TokenStream(Tokenizer tokenizer, DecodedText text, bool skipSpecialTokens, IReadOnlySet<int>? shown)
    {
        _tokenizer = tokenizer;
        _text = text;
        _skipSpecialTokens = skipSpecialTokens;
        _shown = shown;
    }

    /// <summary>The text that is certain once this token has come; often empty in the middle of a character.</summary>
    /// <param name="id">Any id; one outside the vocabulary gives nothing.</param>
    public string Append(int id) =>
        IsSkipped(id) || _tokenizer.TokenText(id) is not string token ? "" : _text.Append(token);

    /// <summary>The text that still waited, U+FFFD for an incomplete character. The stream begins anew.</summary>
    public string Flush() => _text.Flush();

    private bool IsSkipped(int id) => _skipSpecialTokens && _tokenizer.IsSpecial(id) && _shown?.Contains(id) != true;
}
