using Ibke.Runtime.Tokenization.Patterns;
using Ibke.Runtime.Tokenization.Patterns.Scanners;

namespace Ibke.Runtime.Tokenization.PreTokenizers;

/// <summary>Writes text in the byte alphabet, after cutting it by the pattern of GPT-2 if that is wanted.</summary>
/// <param name="addPrefixSpace">Whether a piece that does not begin with a space is given one.</param>
/// <param name="usePattern">Whether to cut.</param>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool usePattern) : PreTokenizer
{
    private static readonly SplitPreTokenizer s_split = new(Pattern.Parse(Published.Gpt2), SplitBehavior.Isolated, invert: false);

    /// <inheritdoc/>
    public override bool EndsInBytes => true;

    /// <inheritdoc/>
    public override void Split(PieceBuffer pieces, bool writeBytes)
    {
        if (addPrefixSpace)
        {
            AddSpaces(pieces);
        }

        if (usePattern)
        {
            s_split.Split(pieces, writeBytes);
        }

        if (writeBytes)
        {
            WriteBytes(pieces);
        }
    }

    private static void AddSpaces(PieceBuffer pieces)
    {
        pieces.BeginRewrite();
        for (int i = 0; i < pieces.FormerCount; i++)
        {
            ReadOnlySpan<char> piece = pieces.Former(i, out int start);
            if (piece[0] != ' ')
            {
                pieces.Write(" ", start);
            }

            pieces.Copy(piece, start);
            pieces.EndPiece();
        }
    }

    private static void WriteBytes(PieceBuffer pieces)
    {
        Span<char> letters = stackalloc char[2 * ByteAlphabet.MostForCharacter];
        pieces.BeginRewrite();
        for (int i = 0; i < pieces.FormerCount; i++)
        {
            ReadOnlySpan<char> piece = pieces.Former(i, out int start);
            for (int at = 0, length; at < piece.Length; at += length)
            {
                length = PatternMachine.LengthAt(piece, at);
                pieces.Write(letters[..ByteAlphabet.Write(piece.Slice(at, length), letters)], start + at);
            }

            pieces.EndPiece();
        }
    }
}
