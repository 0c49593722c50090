using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ibke.Atlas.Conversations;

/// <summary>JSON as functions give it back: with spaces after commas and colons, as models are trained on, or without.</summary>
internal static class ResultText
{
    private static readonly JsonSerializerOptions _relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(JsonNode? node, bool spaced) => node switch
    {
        JsonObject members => $"{{{string.Join(Comma(spaced), members.Select(member =>
            $"{Quote(member.Key)}{(spaced ? ": " : ":")}{Of(member.Value, spaced)}"))}}}",
        JsonArray items => $"[{string.Join(Comma(spaced), items.Select(item => Of(item, spaced)))}]",
        null => "null",
        _ => node.ToJsonString(_relaxed),
    };

    private static string Comma(bool spaced) => spaced ? ", " : ",";

    private static string Quote(string text) => JsonSerializer.Serialize(text, _relaxed);
}
