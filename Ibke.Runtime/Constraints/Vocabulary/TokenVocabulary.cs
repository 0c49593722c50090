using System.Runtime.CompilerServices;
using System.Text;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Constraints.Vocabulary;

/// <summary>The tokens of a model as a constraint sees them: by their bytes. Immutable and thread-safe.</summary>
/// <remarks>
/// Special tokens, tokens that end a reply and ids without text add no bytes; marks do, although they may be special tokens.
/// </remarks>
internal sealed class TokenVocabulary
{
    private static readonly ConditionalWeakTable<Tokenizer, List<TokenVocabulary>> _known = [];

    private readonly byte[][] _bytes;
    private readonly byte[][] _firstBytes;
    private readonly string[] _marks;

    private TokenVocabulary(Tokenizer tokenizer, int size, IReadOnlySet<int> endIds, string[] marks)
    {
        Size = size;
        EndIds = [.. endIds.Where(id => id < size).Order()];
        _marks = marks;
        HashSet<int> markIds = [.. marks.Select(tokenizer.FindId).OfType<int>()];
        _bytes = [.. Enumerable.Range(0, size).Select(id => Bytes(id, isFirst: false))];
        _firstBytes = [.. Enumerable.Range(0, size).Select(id => Bytes(id, isFirst: true))];
        Trie = new TokenTrie(_bytes.Select((bytes, id) => (id, bytes)));
        SilentIds = [.. Enumerable.Range(0, size).Where(id => tokenizer.IsSpecial(id) && !markIds.Contains(id) && !EndIds.Contains(id))];
        bool alike = _bytes.Zip(_firstBytes).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
        FirstTrie = alike ? Trie : new TokenTrie(_firstBytes.Select((bytes, id) => (id, bytes)));

        byte[] Bytes(int id, bool isFirst) => EndIds.Contains(id) ? []
            : markIds.Contains(id) ? Encoding.UTF8.GetBytes(tokenizer.TokenText(id)!)
            : tokenizer.TokenBytes(id, isFirst);
    }

    private TokenVocabulary(byte[][] bytes)
    {
        Size = bytes.Length;
        EndIds = [];
        _marks = [];
        _bytes = _firstBytes = bytes;
        Trie = FirstTrie = new TokenTrie(bytes.Select((value, id) => (id, value)));
    }

    /// <summary>The number of ids, which is that of the model's logits.</summary>
    public int Size { get; }

    /// <summary>The tokens that end a reply.</summary>
    public IReadOnlyList<int> EndIds { get; }

    /// <summary>The special tokens that are neither marks nor end a reply: they add nothing to a text.</summary>
    public IReadOnlyList<int> SilentIds { get; } = [];

    /// <summary>The tokens that follow others.</summary>
    public TokenTrie Trie { get; }

    /// <summary>The tokens as they begin a text; the same tree where that makes no difference.</summary>
    public TokenTrie FirstTrie { get; }

    /// <summary>The vocabulary of a tokenizer, made once.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="size">The number of the model's logits.</param>
    /// <param name="endIds">The tokens that end a reply.</param>
    /// <param name="marks">Texts whose tokens count as text although they are special.</param>
    public static TokenVocabulary Of(Tokenizer tokenizer, int size, IReadOnlySet<int> endIds, IEnumerable<string> marks)
    {
        string[] sorted = [.. marks.Distinct().Order(StringComparer.Ordinal)];
        List<TokenVocabulary> known = _known.GetOrCreateValue(tokenizer);
        lock (known)
        {
            TokenVocabulary? vocabulary = known.Find(one => one.Size == size && one._marks.SequenceEqual(sorted)
                && one.EndIds.SequenceEqual(endIds.Where(id => id < size).Order()));
            if (vocabulary is null)
            {
                vocabulary = new TokenVocabulary(tokenizer, size, endIds, sorted);
                known.Add(vocabulary);
            }

            return vocabulary;
        }
    }

    /// <summary>A vocabulary of one token for each byte.</summary>
    public static TokenVocabulary OfBytes() => new([.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value })]);

    /// <summary>The bytes of a token; none where it is no part of the vocabulary.</summary>
    public ReadOnlySpan<byte> BytesOf(int id, bool isFirst) => (isFirst ? _firstBytes : _bytes)[id];
}
