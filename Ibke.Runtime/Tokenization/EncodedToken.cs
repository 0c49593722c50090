namespace Ibke.Runtime.Tokenization;

/// <summary>A token and its place in the text.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">
/// The text of the id as the file writes it; of an added token what it matched, with the white space it swallowed; of an unknown token of a
/// unigram vocabulary what it stands for.
/// </param>
/// <param name="Start">Where it begins in the text, in UTF-16 units.</param>
/// <param name="End">
/// Where it ends. Tokens of the bytes of one character all have the range of that character; a token that the post-processor added has the
/// empty range at 0.
/// </param>
public readonly record struct EncodedToken(int Id, string Text, int Start, int End)
{
    /// <summary>The place in the text, for <c>text[token.Range]</c>.</summary>
    public Range Range => Start..End;
}
