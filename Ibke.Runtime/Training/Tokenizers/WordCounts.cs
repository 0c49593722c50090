using System.Runtime.InteropServices;
using Ibke.Runtime.Tokenization;
using Ibke.Runtime.Tokenization.Patterns;
using Ibke.Runtime.Tokenization.PreTokenizers;

namespace Ibke.Runtime.Training.Tokenizers;

/// <summary>Counts the pieces that texts are cut into, written in the byte alphabet. Named tokens are cut out, as encoding does.</summary>
internal sealed class WordCounts
{
    private readonly SequencePreTokenizer _preTokenizer;
    private readonly AddedTokenMatcher _named;
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly List<TextSection> _sections = [];

    /// <summary>Counts nothing yet.</summary>
    public WordCounts(BytePairTrainingOptions options)
    {
        _preTokenizer = new SequencePreTokenizer(
        [
            new SplitPreTokenizer(Pattern.Parse(options.Pattern), SplitBehavior.Isolated, invert: false),
            new ByteLevelPreTokenizer(addPrefixSpace: false, usePattern: false),
        ]);
        _named = new AddedTokenMatcher(options.SpecialTokens.Concat(options.AddedTokens)
            .Select((name, id) => (name, new AddedToken(id, name, false, false, false, false, Special: true))));
    }

    /// <summary>How often each piece occurs.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>Counts the pieces of a text.</summary>
    public void Add(string text)
    {
        string valid = Tokenizer.WellFormed(text);
        Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> counts = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
        PieceBuffer pieces = PieceBuffer.Rent();
        _sections.Clear();
        _named.Split(valid, [], _sections);
        foreach (TextSection section in _sections.Where(section => section.TokenId is null))
        {
            pieces.Reset(valid.AsSpan(section.Start..section.End), []);
            _preTokenizer.Split(pieces, writeBytes: true);
            for (int i = 0; i < pieces.Count; i++)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, pieces[i], out _)++;
            }
        }

        pieces.Return();
    }
}
