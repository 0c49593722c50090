using System.Buffers;
using System.Text;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.Subwords;

/// <summary>
/// A unigram language model: of all ways to cut a piece into tokens the one with the highest sum of scores, at equal sums the one found first.
/// Characters outside the vocabulary score less than any token, and neighbouring ones are one unknown token or, if wanted, their bytes.
/// </summary>
internal sealed class UnigramModel : SubwordModel
{
    private const double UnknownPenalty = 10;
    private const int NoToken = -1;
    private const int NotReached = -1;

    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idOfSpan;
    private readonly double[] _scores;
    private readonly TokenTrie _trie;
    private readonly int? _unknown;
    private readonly double _unknownScore;
    private readonly IReadOnlySet<int> _excluded;
    private readonly ByteTokens _bytes;
    private readonly bool _byteFallback;

    /// <summary>Makes a model.</summary>
    /// <param name="vocabulary">Ids by token, compared ordinally.</param>
    /// <param name="scores">The score of every id.</param>
    /// <param name="unknown">The token of characters outside the vocabulary; null drops them.</param>
    /// <param name="byteFallback">Whether unknown characters are written as the tokens of their bytes, where all are in the vocabulary.</param>
    public UnigramModel(Dictionary<string, int> vocabulary, double[] scores, int? unknown, bool byteFallback)
        : this(vocabulary, scores, unknown, byteFallback, new HashSet<int>())
    {
    }

    private UnigramModel(Dictionary<string, int> vocabulary, double[] scores, int? unknown, bool byteFallback, IReadOnlySet<int> excluded)
    {
        _vocabulary = vocabulary;
        _idOfSpan = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _scores = scores;
        _unknown = unknown;
        _unknownScore = scores.DefaultIfEmpty().Min() - UnknownPenalty;
        _excluded = excluded;
        _byteFallback = byteFallback;
        _bytes = new ByteTokens(byteFallback ? vocabulary : []);
        _trie = new TokenTrie(vocabulary.Where(token => !excluded.Contains(token.Value)));
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, int> Vocabulary => _vocabulary;

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> piece, List<PieceToken> tokens)
    {
        int bytes = 0;
        foreach ((int start, int end, int id) in BestCuts(piece))
        {
            ReadOnlySpan<char> text = piece[start..end];
            int length = Encoding.UTF8.GetByteCount(text);
            if (id != NoToken)
            {
                tokens.Add(new PieceToken(id, bytes, bytes + length));
            }
            else if (_bytes.TryGet(text, out int[]? byteIds))
            {
                tokens.AddRange(byteIds.Select(byteId => new PieceToken(byteId, bytes, bytes + length)));
            }
            else if (_unknown is int unknown)
            {
                tokens.Add(new PieceToken(unknown, bytes, bytes + length, text.ToString()));
            }

            bytes += length;
        }
    }

    /// <inheritdoc/>
    public override SubwordModel Without(IReadOnlySet<int> ids) =>
        _vocabulary.Values.Any(ids.Contains) ? new UnigramModel(_vocabulary, _scores, _unknown, _byteFallback, ids) : this;

    /// <inheritdoc/>
    protected override void EncodeAnew(ReadOnlySpan<char> piece, bool isText, List<int> ids)
    {
        if (isText)
        {
            char[] letters = new char[checked(ByteAlphabet.MostForCharacter * piece.Length)];
            piece = letters.AsSpan(0, ByteAlphabet.Write(piece, letters));
        }

        foreach ((int start, int end, int id) in BestCuts(piece))
        {
            if (id != NoToken)
            {
                ids.Add(id);
            }
            else if (_bytes.TryGet(piece[start..end], out int[]? byteIds))
            {
                ids.AddRange(byteIds);
            }
            else if (_unknown is int unknown)
            {
                ids.Add(unknown);
            }
        }
    }

    /// <summary>The best way to cut a piece; parts without a token are runs of unknown characters.</summary>
    private List<(int Start, int End, int Id)> BestCuts(ReadOnlySpan<char> piece)
    {
        double[] scores = ArrayPool<double>.Shared.Rent(piece.Length + 1);
        int[] starts = ArrayPool<int>.Shared.Rent(piece.Length + 1);
        int[] ids = ArrayPool<int>.Shared.Rent(piece.Length + 1);
        FindPaths(piece, scores, starts, ids);
        List<(int Start, int End, int Id)> cuts = [];
        for (int end = piece.Length; end > 0;)
        {
            (int start, int id) = (starts[end], ids[end]);
            if (id == NoToken || id == _unknown)
            {
                while (start > 0 && (ids[start] == NoToken || ids[start] == _unknown))
                {
                    start = starts[start];
                }

                id = _idOfSpan.TryGetValue(piece[start..end], out int whole) && !_excluded.Contains(whole) ? whole : NoToken;
            }

            cuts.Add((start, end, id));
            end = start;
        }

        ArrayPool<double>.Shared.Return(scores);
        ArrayPool<int>.Shared.Return(starts);
        ArrayPool<int>.Shared.Return(ids);
        cuts.Reverse();
        return cuts;
    }

    /// <summary>Finds for every place the best score of the text before it, and the token that ends there.</summary>
    private void FindPaths(ReadOnlySpan<char> piece, double[] scores, int[] starts, int[] ids)
    {
        Array.Fill(starts, NotReached, 0, piece.Length + 1);
        scores[0] = 0;
        for (int at = 0, length; at < piece.Length; at += length)
        {
            length = PatternMachine.LengthAt(piece, at);
            bool isKnown = false;
            int node = TokenTrie.Root;
            for (int end = at; end < piece.Length && _trie.TryStep(ref node, piece[end]);)
            {
                end++;
                if (_trie.TokenAt(node) is int id)
                {
                    Offer(end, scores[at] + _scores[id], at, id);
                    isKnown |= end == at + length;
                }
            }

            if (!isKnown)
            {
                Offer(at + length, scores[at] + _unknownScore, at, NoToken);
            }
        }

        void Offer(int end, double score, int start, int id)
        {
            if (starts[end] == NotReached || score > scores[end])
            {
                (scores[end], starts[end], ids[end]) = (score, start, id);
            }
        }
    }
}
