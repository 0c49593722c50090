using System.Text.Json;

namespace Ibke.Cli.Tests.Commands;

public sealed class JsonSchemaOptionTests
{
    [Fact]
    public async Task Generate_JsonSchema_HoldsForChatsAndTexts()
    {
        using TemporaryFolder folder = new();
        string schema = folder.Write("schema.json", """{"type": "object", "properties": {"city": {"type": "string"}, "size": {"enum": ["small", "large"]}}, "required": ["city", "size"]}""");
        const string input = """
            {"messages": [{"role": "user", "content": "Where is Jade Foods based?"}]}
            {"prompt": "A city: "}
            """;

        CommandRun run = await CommandRun.ReadingAsync(input, "generate", "--json-schema", schema, "--max-tokens", "60");

        JsonElement[] lines = [.. run.Lines.Select(line => JsonElement.Parse(line))];
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Contains(
            JsonElement.Parse(line.GetProperty("text").GetString()!).GetProperty("size").GetString(), new[] { "small", "large" }));
    }

    [Fact]
    public async Task Generate_NoSuchSchema_SaysSo()
    {
        CommandRun run = await CommandRun.ReadingAsync("", "generate", "--json-schema", "missing.json");

        Assert.NotEqual(0, run.Code);
        Assert.Contains("missing.json", run.Error);
    }
}
