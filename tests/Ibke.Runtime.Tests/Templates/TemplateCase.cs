using System.Text.Json.Nodes;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Tests.Templates;

/// <summary>One reference rendering: a template, what it is given and what comes out, a text or a failure.</summary>
internal sealed record TemplateCase(string Name, string Template, JsonObject Context, string? Expected, string? Error, string? ErrorKind)
{
    public static TimeProvider Now { get; } = new FixedTime(new DateTimeOffset(2026, 1, 15, 10, 30, 0, TimeSpan.Zero));

    /// <summary>Cases of the template language itself.</summary>
    public static IEnumerable<TemplateCase> ReadLanguageFile(string file) => JsonNode.Parse(File.ReadAllText(file))!.AsArray().Select(static entry =>
        Read(entry!, (string)entry!["name"]!, (string)entry["template"]!, entry["context"]!.DeepClone().AsObject()));

    /// <summary>Conversations rendered by a model's template.</summary>
    public static IEnumerable<TemplateCase> ReadModelFile(string file)
    {
        JsonNode root = JsonNode.Parse(File.ReadAllText(file))!;
        string path = (string)root["template"]!;
        string beside = Path.Combine(Path.GetDirectoryName(file)!, path);
        string template = File.ReadAllText(File.Exists(beside) ? beside : Path.Combine(GoldenFiles.RepositoryRoot, path));
        foreach (JsonNode? entry in root["cases"]!.AsArray())
        {
            JsonObject context = [];
            foreach (string token in new[] { "bos_token", "eos_token" }.Where(token => root[token] is not null))
            {
                context[token] = root[token]!.DeepClone();
            }

            context["documents"] = null;
            context["messages"] = ReasoningAliases.Apply(entry!["messages"]!.AsArray()).DeepClone();
            context["tools"] = entry["tools"]?.DeepClone();
            context["add_generation_prompt"] = entry["add_generation_prompt"]!.DeepClone();
            foreach ((string name, JsonNode? value) in entry["extra"]!.AsObject())
            {
                context[name] = value?.DeepClone();
            }

            yield return Read(entry, $"{Path.GetFileNameWithoutExtension(file)}/{(string)entry["name"]!}", template, context);
        }
    }

    /// <summary>What the rendering gave instead of what the reference gives, or null.</summary>
    public string? Mismatch()
    {
        string result;
        try
        {
            result = ChatTemplate.Parse(Template, Now).Render(Context);
        }
        catch (TemplateException failure)
        {
            return ErrorKind is null ? failure.Message
                : ErrorKind == "raised" && (!failure.IsRaisedByTemplate || failure.Message != Error) ? $"raised '{failure.Message}', not '{Error}'"
                : null;
        }

        return result == Expected ? null : ErrorKind is not null ? $"rendered '{result}', but should fail" : $"'{result}' instead of '{Expected}'";
    }

    private static TemplateCase Read(JsonNode entry, string name, string template, JsonObject context) =>
        new(name, template, context, (string?)entry["expected"], (string?)entry["error"], (string?)entry["error_kind"]);

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => now;
    }
}
