using System.Globalization;
using System.Text.Json;
using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Tokenization;

/// <summary>Reads vocabulary, merges and added tokens of a tokenizer.json.</summary>
internal static class TokenizerFile
{
    private const string CopyAgain = "Copy the file again.";

    /// <summary>The model.</summary>
    /// <exception cref="CheckpointException">Its kind is not supported, or it is not well-formed.</exception>
    public static BytePairModel ReadModel(ConfigFile file)
    {
        ConfigFile json = file.TryGetObject("model") ?? throw file.Unusable("model", "it is missing", CopyAgain);
        string type = json.GetString("type", json.Has("merges") ? "BPE" : "")!;
        if (type != "BPE")
        {
            throw json.Unusable("type", $"the model '{type}' is not supported", "Supported is BPE.");
        }

        RefuseUnsupported(json);
        Dictionary<string, int> vocabulary = ReadVocabulary(json);
        int? unknown = null;
        if (json.GetString("unk_token", null) is string name)
        {
            unknown = vocabulary.TryGetValue(name, out int id)
                ? id
                : throw json.Unusable("unk_token", $"'{name}' is not in the vocabulary", CopyAgain);
        }

        return new BytePairModel(
            vocabulary, ReadMerges(json, vocabulary), json.GetBool("ignore_merges", false), unknown, json.GetBool("fuse_unk", false));
    }

    /// <summary>The added tokens in the order of the file.</summary>
    /// <exception cref="CheckpointException">They are not well-formed.</exception>
    public static IReadOnlyList<AddedToken> ReadAddedTokens(ConfigFile file)
    {
        List<AddedToken> tokens = [];
        foreach (ConfigFile json in file.GetObjects("added_tokens"))
        {
            int id = json.GetInt("id");
            bool special = json.GetBool("special", false);
            tokens.Add(new AddedToken(
                id is >= 0 and < int.MaxValue ? id : throw json.Unusable("id", $"{id} is negative or too large", CopyAgain),
                json.GetString("content"),
                json.GetBool("single_word", false),
                json.GetBool("lstrip", false),
                json.GetBool("rstrip", false),
                json.GetBool("normalized", !special),
                special));
        }

        return tokens;
    }

    private static void RefuseUnsupported(ConfigFile json)
    {
        if (json.GetBool("byte_fallback", false))
        {
            throw json.Unusable("byte_fallback", "characters written as bytes <0x00> are not supported", "Use a byte-level vocabulary.");
        }

        if (json.GetFloat("dropout", 0) != 0)
        {
            throw json.Unusable("dropout", "merging at random is not supported", "Set it to null.");
        }

        foreach (string key in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (!string.IsNullOrEmpty(json.GetString(key, null)))
            {
                throw json.Unusable(key, "marked parts of words are not supported", "Use a byte-level vocabulary.");
            }
        }
    }

    private static Dictionary<string, int> ReadVocabulary(ConfigFile json)
    {
        JsonElement vocab = json.TryGetObject("vocab")?.Json ?? throw json.Unusable("vocab", "it is missing", CopyAgain);
        Dictionary<string, int> vocabulary = new(vocab.GetPropertyCount(), StringComparer.Ordinal);
        foreach (JsonProperty entry in vocab.EnumerateObject())
        {
            string token = entry.Name;
            vocabulary[token] = entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out int id) && id is >= 0 and < int.MaxValue
                ? id
                : throw json.Unusable("vocab", $"the token '{token}' has the id {entry.Value.GetRawText()}", CopyAgain);
        }

        return vocabulary;
    }

    private static Dictionary<ulong, BytePairMerge> ReadMerges(ConfigFile json, Dictionary<string, int> vocabulary)
    {
        if (!json.Json.TryGetProperty("merges", out JsonElement list) || list.ValueKind != JsonValueKind.Array)
        {
            throw json.Unusable("merges", "a list is expected", CopyAgain);
        }

        Dictionary<ulong, BytePairMerge> merges = new(list.GetArrayLength());
        int rank = 0;
        foreach (JsonElement item in list.EnumerateArray())
        {
            (string left, string right) = ReadMerge(json, item, rank);
            ulong key = BytePairMerger.Key(IdOf(left), IdOf(right));
            merges[key] = new BytePairMerge(rank, IdOf(left + right));
            rank++;
        }

        return merges;

        int IdOf(string token) => vocabulary.TryGetValue(token, out int id)
            ? id
            : throw json.Unusable(Place(rank), $"'{token}' is not in the vocabulary", CopyAgain);
    }

    /// <summary>A merge is <c>["a", "b"]</c>, in older files <c>"a b"</c>.</summary>
    private static (string Left, string Right) ReadMerge(ConfigFile json, JsonElement item, int rank)
    {
        if (item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 2
            && item[0].ValueKind == JsonValueKind.String && item[1].ValueKind == JsonValueKind.String)
        {
            return (Text(json, item[0], rank), Text(json, item[1], rank));
        }

        if (item.ValueKind == JsonValueKind.String && Text(json, item, rank).Split(' ') is [string left, string right])
        {
            return (left, right);
        }

        throw json.Unusable(Place(rank), "two tokens are expected, as [\"a\", \"b\"] or \"a b\"", CopyAgain);
    }

    private static string Place(int rank) => string.Create(CultureInfo.InvariantCulture, $"merges[{rank}]");

    private static string Text(ConfigFile json, JsonElement item, int rank)
    {
        try
        {
            return item.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // The reader's way of saying that a string holds half a surrogate pair.
            throw json.Unusable(Place(rank), "a text of whole characters is expected", CopyAgain);
        }
    }
}
