using System.Text.Json;

namespace Ibke.Samples.SelfCorrectingAgent;

/// <summary>A function call of the model and what it gave back.</summary>
/// <param name="Function">The name the model used.</param>
/// <param name="Arguments">Its arguments, as JSON.</param>
/// <param name="Result">The result, as JSON or text.</param>
internal sealed record AgentCall(string Function, string Arguments, string Result)
{
    /// <summary>The <c>status</c> of the result; empty where it has none.</summary>
    public string Status => Property("status");

    /// <summary>The id of the edit that the result speaks of; empty where it speaks of none.</summary>
    public string EditId => Property("edit_id");

    private string Property(string name)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(Result);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out JsonElement value)
                ? value.ToString()
                : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
