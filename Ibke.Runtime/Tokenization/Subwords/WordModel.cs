using System.Text;

namespace Ibke.Runtime.Tokenization.Subwords;

/// <summary>Every piece is one token: its own, or that of unknown words.</summary>
/// <param name="vocabulary">Ids by token, compared ordinally.</param>
/// <param name="unknown">The token of words outside the vocabulary; null drops them.</param>
internal sealed class WordModel(Dictionary<string, int> vocabulary, int? unknown) : SubwordModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idOfSpan = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, int> Vocabulary => vocabulary;

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> piece, List<PieceToken> tokens)
    {
        if (Find(piece) is int id)
        {
            tokens.Add(new PieceToken(id, 0, Encoding.UTF8.GetByteCount(piece)));
        }
    }

    /// <inheritdoc/>
    public override SubwordModel Without(IReadOnlySet<int> ids)
    {
        Dictionary<string, int> kept = new(vocabulary.Where(entry => !ids.Contains(entry.Value)), StringComparer.Ordinal);
        return kept.Count == vocabulary.Count ? this : new WordModel(kept, unknown);
    }

    /// <inheritdoc/>
    protected override void EncodeAnew(ReadOnlySpan<char> piece, bool isText, List<int> ids)
    {
        Span<char> letters = isText ? new char[ByteAlphabet.MostForCharacter * piece.Length] : [];
        if (Find(isText ? letters[..ByteAlphabet.Write(piece, letters)] : piece) is int id)
        {
            ids.Add(id);
        }
    }

    private int? Find(ReadOnlySpan<char> piece) => _idOfSpan.TryGetValue(piece, out int id) ? id : unknown;
}
