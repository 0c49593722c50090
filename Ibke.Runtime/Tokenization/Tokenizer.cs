using System.Text;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tokenization.Decoders;
using Ibke.Runtime.Tokenization.Normalizers;
using Ibke.Runtime.Tokenization.PostProcessors;
using Ibke.Runtime.Tokenization.PreTokenizers;
using Ibke.Runtime.Tokenization.Subwords;

namespace Ibke.Runtime.Tokenization;

/// <summary>
/// Turns text into token ids and back, as <c>tokenizer.json</c> says: added tokens, normalizer, pre-tokenizer, model, post-processor and decoder.
/// Byte-pair encodings over bytes and over characters, unigram and word vocabularies are supported.
/// </summary>
/// <remarks>Immutable and thread-safe. It agrees with the reference library to the id, on every platform and in every culture.</remarks>
public sealed class Tokenizer
{
    internal const string FileName = "tokenizer.json";

    private readonly Normalizer? _normalizer;
    private readonly IReadOnlyList<(string Text, AddedToken Token)> _added;
    private readonly TextEncoder _encoder;
    private readonly TextEncoder _literalEncoder;
    private readonly IReadOnlyDictionary<string, int> _vocabulary;
    private readonly PostProcessor? _postProcessor;
    private readonly TokenDecoder _decoder;
    private readonly Dictionary<string, int> _addedIds = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> _texts = [];
    private readonly HashSet<int> _specialIds = [];

    private Tokenizer(ConfigFile file, IReadOnlyList<ConfigFile> settings)
    {
        _normalizer = file.TryGetObject("normalizer") is ConfigFile normalizer ? Normalizer.Read(normalizer) : null;
        PreTokenizer? preTokenizer = file.TryGetObject("pre_tokenizer") is ConfigFile json ? PreTokenizer.Read(json) : null;
        _postProcessor = file.TryGetObject("post_processor") is ConfigFile postProcessor ? PostProcessor.Read(postProcessor) : null;
        _decoder = TokenDecoder.Read(file.TryGetObject("decoder"));
        SubwordModel model = SubwordModelFile.Read(file);
        _vocabulary = model.Vocabulary;
        foreach ((string token, int id) in _vocabulary)
        {
            _texts[id] = token;
        }

        // A token that is looked for in normalized text is also decoded to its normalized content.
        _added =
        [
            .. TokenizerFile.ReadAddedTokens(file)
                .Select(token => (token.Normalized && _normalizer is not null ? _normalizer.Normalize(token.Content) : token.Content, token)),
        ];
        foreach ((string text, AddedToken token) in _added)
        {
            _addedIds[token.Content] = token.Id;
            _texts[token.Id] = text;
            if (token.Special)
            {
                _specialIds.Add(token.Id);
            }
        }

        RefuseUnknownIds(file);
        _encoder = new TextEncoder(
            new AddedTokenMatcher(_added.Where(pair => !pair.Token.Normalized)),
            new AddedTokenMatcher(_added.Where(pair => pair.Token.Normalized)),
            _normalizer,
            preTokenizer,
            model);
        _literalEncoder = _encoder.With(model.Without(_specialIds));
        VocabularySize = _texts.Count == 0 ? 0 : _texts.Keys.Max() + 1;
        BosToken = TokenizerFile.NamedToken(settings, "bos_token");
        EosToken = TokenizerFile.NamedToken(settings, "eos_token");
        PadToken = TokenizerFile.NamedToken(settings, "pad_token");
        UnknownToken = TokenizerFile.NamedToken(settings, "unk_token");
    }

    /// <summary>One more than the highest id. Ids below it may be unused.</summary>
    public int VocabularySize { get; }

    /// <summary>The token that begins a text, as <c>tokenizer_config.json</c> or <c>special_tokens_map.json</c> names it, or null.</summary>
    public string? BosToken { get; }

    /// <summary>The token that ends an answer, as <c>tokenizer_config.json</c> or <c>special_tokens_map.json</c> names it, or null.</summary>
    public string? EosToken { get; }

    /// <summary>The token that fills up rows of a batch, as <c>tokenizer_config.json</c> or <c>special_tokens_map.json</c> names it, or null.</summary>
    public string? PadToken { get; }

    /// <summary>The token of unknown characters, as <c>tokenizer_config.json</c> or <c>special_tokens_map.json</c> names it, or null.</summary>
    public string? UnknownToken { get; }

    /// <summary>
    /// Reads <c>tokenizer.json</c> of a model folder and, for the names of some tokens, <c>tokenizer_config.json</c> and
    /// <c>special_tokens_map.json</c> where these exist.
    /// </summary>
    /// <exception cref="CheckpointException">A file is missing or damaged, or a component is of a kind that is not supported.</exception>
    public static Tokenizer Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string[] settings = ["tokenizer_config.json", "special_tokens_map.json"];
        return new Tokenizer(
            ConfigFile.Open(folder, FileName), [.. settings.Select(name => ConfigFile.TryOpen(folder, name)).OfType<ConfigFile>()]);
    }

    /// <summary>The ids of a text. Added tokens that are written in it are recognised, special ones too.</summary>
    /// <param name="text">Any text; a lone surrogate counts as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the post-processor adds its tokens, such as one at the beginning.</param>
    public IReadOnlyList<int> Encode(string text, bool addSpecialTokens = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = _encoder.Encode(WellFormed(text), marks: []);
        if (addSpecialTokens)
        {
            _postProcessor?.AddSpecialTokens(ids);
        }

        return ids;
    }

    /// <summary>The tokens of a text with the places they come from, back through normalizing and cutting. Slower than <see cref="Encode"/>.</summary>
    /// <param name="text">Any text; a lone surrogate counts as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the post-processor adds its tokens, such as one at the beginning.</param>
    /// <returns>Tokens of the ids that <see cref="Encode"/> gives.</returns>
    public IReadOnlyList<EncodedToken> EncodeWithOffsets(string text, bool addSpecialTokens = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        string valid = WellFormed(text);
        List<EncodedToken> tokens = _encoder.Encode(valid, id => TokenText(id)!);
        _postProcessor?.Process(tokens, valid, addSpecialTokens);
        return tokens;
    }

    /// <summary>The ids of a text in which some tokens are only quoted; see <see cref="LiteralText"/>. The marks leave no trace.</summary>
    internal IReadOnlyList<int> EncodeMarked(string text)
    {
        string plain = LiteralText.Read(WellFormed(text), out int[] marks);
        return _literalEncoder.Encode(plain, marks);
    }

    /// <summary>What marks the given added tokens where a text quotes them.</summary>
    /// <param name="tokens">Tokens as they are written.</param>
    internal LiteralText MarksFor(IEnumerable<string> tokens)
    {
        HashSet<string> marked = new(tokens, StringComparer.Ordinal);
        return new LiteralText(
            new AddedTokenMatcher(_added.Where(pair => !pair.Token.Normalized && marked.Contains(pair.Token.Content))),
            new AddedTokenMatcher(_added.Where(pair => pair.Token.Normalized && marked.Contains(pair.Token.Content))),
            _normalizer);
    }

    /// <summary>The added tokens, as they are written.</summary>
    internal IEnumerable<string> AddedTokens => _addedIds.Keys;

    /// <summary>The text of ids. Ids outside the vocabulary are skipped; bytes that are not UTF-8 become U+FFFD.</summary>
    /// <param name="ids">Any ids.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(ids);
        TokenStream stream = CreateStream(skipSpecialTokens);
        StringBuilder text = new();
        foreach (int id in ids)
        {
            text.Append(stream.Append(id));
        }

        return text.Append(stream.Flush()).ToString();
    }

    /// <summary>Begins a text whose tokens come one by one.</summary>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public TokenStream CreateStream(bool skipSpecialTokens = true) => CreateStream(skipSpecialTokens, shown: null);

    /// <summary>Begins a text from which special tokens are left out, but for those in a set.</summary>
    internal TokenStream CreateStream(bool skipSpecialTokens, IReadOnlySet<int>? shown) => new(this, _decoder.Begin(), skipSpecialTokens, shown);

    /// <summary>
    /// The id of a token by its exact text: an added token, or an entry of the vocabulary as written in the file; null where there is none.
    /// </summary>
    public int? FindId(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _addedIds.TryGetValue(token, out int id) || _vocabulary.TryGetValue(token, out id) ? id : null;
    }

    /// <summary>
    /// The text of a token as the file writes it, for byte-level vocabularies in the byte alphabet (<c>Ġ</c> is a space); null for an id outside
    /// the vocabulary.
    /// </summary>
    public string? TokenText(int id) => _texts.GetValueOrDefault(id);

    /// <summary>
    /// The bytes of UTF-8 that a token adds to a decoded text without special tokens: none for a special token and for an id outside the
    /// vocabulary, often a part of a character only. Bytes of all tokens, one after the other, are the text, but for invalid UTF-8.
    /// </summary>
    /// <param name="id">Any id.</param>
    /// <param name="isFirst">
    /// Whether it is the first token of the text that is not special: some vocabularies write a space before the first word that decoding drops.
    /// </param>
    internal byte[] TokenBytes(int id, bool isFirst = false) =>
        IsSpecial(id) || TokenText(id) is not string token ? [] : _decoder.Bytes(token, isFirst);

    /// <summary>Whether a token steers the model rather than being text.</summary>
    public bool IsSpecial(int id) => _specialIds.Contains(id);

    private void RefuseUnknownIds(ConfigFile file)
    {
        List<int> added = [];
        _postProcessor?.AddSpecialTokens(added);
        foreach (int id in added.Where(id => !_texts.ContainsKey(id)))
        {
            throw file.Unusable("post_processor", $"it adds the id {id}, which is not in the vocabulary", "Copy the file again.");
        }
    }

    /// <summary>Replaces lone surrogates, which no encoding of Unicode can hold, by U+FFFD; the length stays.</summary>
    internal static string WellFormed(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            return text;
        }

        StringBuilder valid = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            valid.Append(rune);
        }

        return valid.ToString();
    }
}
