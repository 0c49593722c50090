using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.PreTokenizers;

/// <summary>Writes text in the byte alphabet, after cutting it by the pattern of GPT-2 if that is wanted.</summary>
/// <param name="addPrefixSpace">Whether a piece that does not begin with a space is given one.</param>
/// <param name="usePattern">Whether to cut.</param>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool usePattern) : PreTokenizer
{
    private static readonly Pattern s_pattern =
        Pattern.Parse(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+");

    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> text, PieceList pieces)
    {
        if (addPrefixSpace && !text.IsEmpty && text[0] != ' ')
        {
            text = string.Concat(" ", text);
        }

        int at = 0;
        if (usePattern)
        {
            foreach ((int start, int end) in s_pattern.Matches(text))
            {
                Add(text[at..start], pieces);
                Add(text[start..end], pieces);
                at = end;
            }
        }

        Add(text[at..], pieces);
    }

    private static void Add(ReadOnlySpan<char> piece, PieceList pieces) =>
        pieces.AddReserved(ByteAlphabet.Write(piece, pieces.Reserve(checked(ByteAlphabet.MostForCharacter * piece.Length))));
}
