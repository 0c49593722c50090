using System.Buffers;
using System.Text;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.Subwords;

/// <summary>
/// Byte-pair encoding: a piece begins as single characters, and the neighbours of the lowest rank are merged until none is left to merge.
/// </summary>
internal sealed class BytePairModel : SubwordModel
{
    private const int NoToken = -1;
    private const int LongestOnStack = 256;

    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idOfSpan;
    private readonly MergeTable _merges;
    private readonly BytePairSettings _settings;
    private readonly IReadOnlySet<int> _excluded;
    private readonly int[] _idOfUnit = new int[0x200];
    private readonly ByteTokens _bytes;

    /// <summary>Makes a model.</summary>
    /// <param name="vocabulary">Ids by token, compared ordinally.</param>
    /// <param name="merges">What two neighbours become.</param>
    /// <param name="settings">What the file says beside these.</param>
    public BytePairModel(Dictionary<string, int> vocabulary, MergeTable merges, BytePairSettings settings)
        : this(vocabulary, merges, settings, new HashSet<int>())
    {
    }

    private BytePairModel(Dictionary<string, int> vocabulary, MergeTable merges, BytePairSettings settings, IReadOnlySet<int> excluded)
    {
        _vocabulary = vocabulary;
        _idOfSpan = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _merges = merges;
        _settings = settings;
        _excluded = excluded;
        _bytes = new ByteTokens(settings.ByteFallback ? vocabulary : []);
        for (int unit = 0; unit < _idOfUnit.Length; unit++)
        {
            _idOfUnit[unit] = _idOfSpan.TryGetValue([(char)unit], out int id) && !excluded.Contains(id) ? id : NoToken;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, int> Vocabulary => _vocabulary;

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> piece, List<PieceToken> tokens)
    {
        if (_settings.IgnoreMerges && TryFind(piece, out int whole))
        {
            tokens.Add(new PieceToken(whole, 0, Encoding.UTF8.GetByteCount(piece)));
            return;
        }

        BytePairMerger merger = Merge(piece);
        int start = 0;
        for (int i = 0; i < merger.Count; i++)
        {
            (int id, int length) = merger[i];
            tokens.Add(new PieceToken(id, start, start + length));
            start += length;
        }

        merger.Return();
    }

    /// <inheritdoc/>
    public override SubwordModel Without(IReadOnlySet<int> ids)
    {
        List<(int Rank, int Left, int Right)> pairs = [.. _merges.Pairs()];
        bool isMade = pairs.Any(pair => ids.Contains(_merges.Merged(pair.Rank)))
            || _vocabulary.Any(entry => ids.Contains(entry.Value)
                && (_settings.IgnoreMerges || entry.Key.EnumerateRunes().Count() == 1 || _settings.MarksWords));
        if (!isMade)
        {
            return this;
        }

        (int, int, int)[] kept =
        [
            .. pairs.OrderBy(pair => pair.Rank).Select(pair => (pair.Left, pair.Right, Merged: _merges.Merged(pair.Rank)))
                .Where(merge => !ids.Contains(merge.Merged)),
        ];
        return new BytePairModel(_vocabulary, new MergeTable(kept), _settings, ids);
    }

    /// <inheritdoc/>
    protected override void EncodeAnew(ReadOnlySpan<char> piece, bool isText, List<int> ids)
    {
        if (isText)
        {
            int most = checked(ByteAlphabet.MostForCharacter * piece.Length);
            char[]? rented = most > LongestOnStack ? ArrayPool<char>.Shared.Rent(most) : null;
            Span<char> letters = rented is null ? stackalloc char[LongestOnStack] : rented;
            EncodeAnew(letters[..ByteAlphabet.Write(piece, letters)], isText: false, ids);
            if (rented is not null)
            {
                ArrayPool<char>.Shared.Return(rented);
            }

            return;
        }

        if (_settings.IgnoreMerges && TryFind(piece, out int whole))
        {
            ids.Add(whole);
            return;
        }

        BytePairMerger merger = Merge(piece);
        for (int i = 0; i < merger.Count; i++)
        {
            ids.Add(merger[i].Id);
        }

        merger.Return();
    }

    private BytePairMerger Merge(ReadOnlySpan<char> piece)
    {
        BytePairMerger merger = BytePairMerger.Rent();
        int unknown = 0;
        for (int at = 0, length; at < piece.Length; at += length)
        {
            length = PatternMachine.LengthAt(piece, at);
            ReadOnlySpan<char> character = piece.Slice(at, length);
            int bytes = ByteCount(character);
            int id = _settings.MarksWords ? FindMarked(character, at == 0, at + length == piece.Length) : Find(character);
            if (id != NoToken)
            {
                AddUnknown(merger, ref unknown);
                merger.Add(id, bytes);
            }
            else if (_bytes.TryGet(character, out int[]? byteIds))
            {
                // As in the reference, unknown characters before them come after them.
                foreach (int byteId in byteIds)
                {
                    merger.Add(byteId, 1);
                }
            }
            else if (_settings.Unknown is not null)
            {
                if (!_settings.FuseUnknown)
                {
                    AddUnknown(merger, ref unknown);
                }

                unknown += bytes;
            }
        }

        AddUnknown(merger, ref unknown);
        merger.Merge(_merges);
        return merger;
    }

    private void AddUnknown(BytePairMerger merger, ref int bytes)
    {
        if (bytes > 0)
        {
            merger.Add(_settings.Unknown!.Value, bytes);
            bytes = 0;
        }
    }

    private int Find(ReadOnlySpan<char> character)
    {
        if (character[0] < _idOfUnit.Length)
        {
            return _idOfUnit[character[0]];
        }

        return TryFind(character, out int id) ? id : NoToken;
    }

    private int FindMarked(ReadOnlySpan<char> character, bool isFirst, bool isLast) =>
        TryFind(string.Concat(isFirst ? "" : _settings.ContinuingPrefix, character, isLast ? _settings.WordSuffix : ""), out int id) ? id : NoToken;

    private bool TryFind(ReadOnlySpan<char> token, out int id) => _idOfSpan.TryGetValue(token, out id) && !_excluded.Contains(id);

    private static int ByteCount(ReadOnlySpan<char> character) => character[0] switch
    {
        < '\u0080' => 1,
        < '\u0800' => 2,
        _ => character.Length == 1 ? 3 : 4,
    };
}
