using System.Text.Json;
using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Tokenization.PostProcessors;

/// <summary>Sets tokens before and after a text.</summary>
internal sealed class TemplatePostProcessor(IReadOnlyList<(int Id, string Text)> before, IReadOnlyList<(int Id, string Text)> after) : PostProcessor
{
    /// <inheritdoc/>
    public override void AddSpecialTokens(List<int> ids)
    {
        ids.InsertRange(0, before.Select(token => token.Id));
        ids.AddRange(after.Select(token => token.Id));
    }

    /// <inheritdoc/>
    public override void Process(List<EncodedToken> tokens, string text, bool addSpecialTokens)
    {
        if (addSpecialTokens)
        {
            tokens.InsertRange(0, before.Select(token => new EncodedToken(token.Id, token.Text, 0, 0)));
            tokens.AddRange(after.Select(token => new EncodedToken(token.Id, token.Text, 0, 0)));
        }
    }

    /// <summary>Reads a <c>TemplateProcessing</c>: the template of a single text, in which <c>A</c> stands for the text.</summary>
    /// <exception cref="CheckpointException">It is not well-formed.</exception>
    public static new TemplatePostProcessor Read(ConfigFile json)
    {
        ConfigFile? tokens = json.TryGetObject("special_tokens");
        List<(int, string)> before = [];
        List<(int, string)>? after = null;
        foreach (ConfigFile part in json.GetObjects("single"))
        {
            if (part.TryGetObject("SpecialToken")?.GetString("id") is string name)
            {
                ConfigFile token = tokens?.TryGetObject(name)
                    ?? throw json.Unusable("special_tokens", $"the token '{name}' of the template is missing", "Add it with its ids.");
                (after ?? before).AddRange(ReadToken(token, name));
            }
            else if (after is null && part.TryGetObject("Sequence")?.GetString("id") == "A")
            {
                after = [];
            }
            else
            {
                throw json.Unusable("single", "a template of one text A and special tokens is expected", "Copy the file again.");
            }
        }

        return after is null
            ? throw json.Unusable("single", "the template has no place for the text", "Copy the file again.")
            : new TemplatePostProcessor(before, after);
    }

    /// <summary>Reads the older form that names one token for each end, as <c>[text, id]</c>.</summary>
    /// <exception cref="CheckpointException">It is not well-formed.</exception>
    public static TemplatePostProcessor ReadEnds(ConfigFile json) => new([ReadEnd(json, "cls")], [ReadEnd(json, "sep")]);

    private static IEnumerable<(int Id, string Text)> ReadToken(ConfigFile json, string name)
    {
        IReadOnlyList<int> ids = json.GetInts("ids");
        IReadOnlyList<string> texts = json.GetStrings("tokens");
        if (ids.Any(id => id < 0))
        {
            throw json.Unusable("ids", "an id is negative", "Copy the file again.");
        }

        return ids.Select((id, i) => (id, i < texts.Count ? texts[i] : name));
    }

    private static (int Id, string Text) ReadEnd(ConfigFile json, string key) =>
        json.Json.TryGetProperty(key, out JsonElement pair) && pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2
        && TokenizerFile.TextOf(pair[0]) is string text && pair[1].ValueKind == JsonValueKind.Number && pair[1].TryGetInt32(out int id) && id >= 0
            ? (id, text)
            : throw json.Unusable(key, "a token is expected as [text, id]", "Copy the file again.");
}
