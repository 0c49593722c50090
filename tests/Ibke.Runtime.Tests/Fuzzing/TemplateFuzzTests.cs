using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tests.Templates;

namespace Ibke.Runtime.Tests.Fuzzing;

/// <summary>Damaged templates and conversations give a <see cref="TemplateException"/>, and nothing else.</summary>
public sealed class TemplateFuzzTests
{
    private const string Conversation = """
        [{"role": "system", "content": "S"}, {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
         {"role": "assistant", "content": null, "reasoning": "so", "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": {"a": [1, 2.5, {"b": null}]}}}]},
         {"role": "tool", "content": "3", "tool_call_id": "1"}]
        """;

    private static readonly TemplateCase[] _cases = [.. TemplateCase.ReadLanguageFile(Path.Combine(GoldenFiles.Committed, "templates", "jinja.json"))];

    private static readonly string[] _templates =
    [
        File.ReadAllText(Path.Combine(GoldenFiles.RepositoryRoot, "samples", "models", "atlas", "chat_template.jinja")),
        ChatTemplate.Load(Path.Combine(GoldenFiles.Committed, "tokenizers", "tiny-160"))!.Source,
        "{% for m in messages %}{{ m | tojson(indent=2) }}{{ m.content | string | upper }}{% for k, v in m.items() %}{{ k ~ v }}{% endfor %}{% endfor %}",
    ];

    [Fact]
    public void Render_DamagedCases_GiveTextOrATemplateException() => FuzzRun.Run(
        3000,
        random =>
        {
            TemplateCase example = _cases[random.Next(_cases.Length)];
            string other = _cases[random.Next(_cases.Length)].Template;
            return example with { Template = Damage.Text(random.Next(3) == 0 ? example.Template + other : example.Template, random) };
        },
        example => ChatTemplate.Parse(example.Template).Render(example.Context.DeepClone().AsObject()),
        typeof(TemplateException));

    [Fact]
    public void Render_DamagedTemplates_GiveTextOrATemplateException() => FuzzRun.Run(
        1000,
        random => Damage.Text(_templates[random.Next(_templates.Length)], random),
        source => ChatTemplate.Parse(source).Render(JsonNode.Parse(Conversation)!.AsArray()),
        typeof(TemplateException));

    [Fact]
    public void Render_DamagedConversations_GiveTextOrATemplateException() => FuzzRun.Run(
        1500,
        random => (string[])[Damage.Json(Conversation, random), _templates[random.Next(_templates.Length)]],
        input =>
        {
            if (JsonNode.Parse(input[0]) is JsonArray messages)
            {
                ChatTemplate.Parse(input[1]).Render(messages, messages);
            }
        },
        typeof(TemplateException),
        typeof(JsonException));

    [Theory]
    [InlineData("content")]
    [InlineData("reasoning")]
    public void Render_NestedTenThousandDeep_IsATemplateException(string key)
    {
        JsonNode deep = new JsonArray();
        for (int i = 0; i < 10_000; i++)
        {
            deep = i % 2 == 0 ? new JsonArray(deep) : new JsonObject { ["a"] = deep };
        }

        JsonArray messages = [new JsonObject { ["role"] = "user", [key] = deep }];

        Assert.Throws<TemplateException>(() => ChatTemplate.Parse("{{ messages }}").Render(messages));
    }
}
