using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ibke.Runtime.Training.Tokenizers;

/// <summary>A byte-level BPE tokenizer as it was learned: its tokens and merges, and the <c>tokenizer.json</c> that says so.</summary>
public sealed class TrainedTokenizer
{
    private readonly BytePairTrainingOptions _options;
    private readonly List<string> _tokens;
    private readonly List<(int Left, int Right)> _merges;

    internal TrainedTokenizer(BytePairTrainingOptions options, List<string> tokens, List<(int Left, int Right)> merges)
    {
        _options = options;
        _tokens = tokens;
        _merges = merges;
    }

    /// <summary>One more than the highest id.</summary>
    public int VocabularySize => _tokens.Count + _options.AddedTokens.Count;

    /// <summary>The learned tokens by their ids, in the byte alphabet; those of <see cref="BytePairTrainingOptions.AddedTokens"/> follow them.</summary>
    internal IReadOnlyList<string> Tokens => _tokens;

    /// <summary>Which tokens are merged, first to last.</summary>
    internal IReadOnlyList<(int Left, int Right)> Merges => _merges;

    /// <summary>The content of <c>tokenizer.json</c>, as Hugging Face's tokenizers and this library read it: UTF-8, indented.</summary>
    public byte[] ToJson()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            WriteNamedTokens(json);
            json.WriteNull("normalizer");
            WritePreTokenizer(json);
            json.WriteNull("post_processor");
            WriteByteLevel(json, "decoder", addPrefixSpace: true, useRegex: true);
            WriteModel(json);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private void WriteNamedTokens(Utf8JsonWriter json)
    {
        json.WriteStartArray("added_tokens");
        for (int i = 0; i < _options.SpecialTokens.Count; i++)
        {
            WriteNamedToken(json, i, _options.SpecialTokens[i], special: true);
        }

        for (int i = 0; i < _options.AddedTokens.Count; i++)
        {
            WriteNamedToken(json, _tokens.Count + i, _options.AddedTokens[i], special: false);
        }

        json.WriteEndArray();
    }

    private static void WriteNamedToken(Utf8JsonWriter json, int id, string content, bool special)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteString("content", content);
        json.WriteBoolean("single_word", false);
        json.WriteBoolean("lstrip", false);
        json.WriteBoolean("rstrip", false);
        json.WriteBoolean("normalized", false);
        json.WriteBoolean("special", special);
        json.WriteEndObject();
    }

    private void WritePreTokenizer(Utf8JsonWriter json)
    {
        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        json.WriteStartObject();
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", _options.Pattern);
        json.WriteEndObject();
        json.WriteString("behavior", "Isolated");
        json.WriteBoolean("invert", false);
        json.WriteEndObject();
        WriteByteLevel(json, null, addPrefixSpace: false, useRegex: false);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string? name, bool addPrefixSpace, bool useRegex)
    {
        if (name is not null)
        {
            json.WritePropertyName(name);
        }

        json.WriteStartObject();
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", addPrefixSpace);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", useRegex);
        json.WriteEndObject();
    }

    private void WriteModel(Utf8JsonWriter json)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        foreach (string absent in (string[])["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"])
        {
            json.WriteNull(absent);
        }

        foreach (string flag in (string[])["fuse_unk", "byte_fallback", "ignore_merges"])
        {
            json.WriteBoolean(flag, false);
        }

        json.WriteStartObject("vocab");
        for (int id = 0; id < _tokens.Count; id++)
        {
            json.WriteNumber(_tokens[id], id);
        }

        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach ((int left, int right) in _merges)
        {
            json.WriteStartArray();
            json.WriteStringValue(_tokens[left]);
            json.WriteStringValue(_tokens[right]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
