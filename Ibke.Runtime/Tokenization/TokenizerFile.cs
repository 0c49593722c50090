using System.Text.Json;
using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Tokenization;

/// <summary>Reads the added and the named tokens of a tokenizer.</summary>
internal static class TokenizerFile
{
    /// <summary>Ids are below this: tables are as long as the highest id.</summary>
    public const int MostIds = 1 << 24;

    private const string CopyAgain = "Copy the file again.";

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
                id is >= 0 and < MostIds ? id : throw json.Unusable("id", $"{id} is negative or too large", CopyAgain),
                json.GetString("content"),
                json.GetBool("single_word", false),
                json.GetBool("lstrip", false),
                json.GetBool("rstrip", false),
                json.GetBool("normalized", !special),
                special));
        }

        return tokens;
    }

    /// <summary>The tokens that tokenizer.json does not name: those that begin and end a text, fill up rows, and stand for unknown characters.</summary>
    /// <param name="settings"><c>tokenizer_config.json</c> and, for what that lacks, <c>special_tokens_map.json</c>.</param>
    /// <param name="key">The key of the token.</param>
    /// <exception cref="CheckpointException">It is neither a text nor an object with one.</exception>
    public static string? NamedToken(IEnumerable<ConfigFile> settings, string key)
    {
        // A text, or in older files an object that holds it.
        ConfigFile? file = settings.FirstOrDefault(file => file.Has(key));
        return file?.Json.GetProperty(key).ValueKind == JsonValueKind.Object ? file.TryGetObject(key)!.GetString("content") : file?.GetString(key);
    }

    /// <summary>A JSON text of whole characters; null for anything else.</summary>
    public static string? TextOf(JsonElement json)
    {
        try
        {
            return json.ValueKind == JsonValueKind.String ? json.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // The reader's way of saying that a string holds half a surrogate pair.
            return null;
        }
    }
}
