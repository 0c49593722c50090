using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Templates;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Chat;

public class ToolCallParserTests
{
    private const string Call = """<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>""";

    /// <summary>Reference cases where a closing mark that closes nothing stays in the text; here no mark ever does.</summary>
    private static readonly string[] _dropsStrayMark = ["closing tag without opening"];

    [Fact]
    [Trait("Category", "Golden")]
    public void Parse_ReferenceOutputs_GivesTheirCalls()
    {
        List<string> failures = [];
        int count = 0;
        foreach (JsonNode? example in GoldenFiles.FilesNamed("tool_formats.json")
            .SelectMany(static file => JsonNode.Parse(File.ReadAllText(file))!.AsArray())
            .Where(static example => (string?)example!["format"] == "hermes"))
        {
            count++;
            List<AIContent> contents = Parse((string)example!["output"]!);
            IEnumerable<JsonNode?> accepted = [example["expected"], .. example["alternatives"]?.AsArray() ?? []];
            if (!accepted.Any(expected => Agrees(contents, expected!)) && !_dropsStrayMark.Contains((string)example["name"]!))
            {
                failures.Add($"{example["name"]}: {Describe(contents)}");
            }
        }

        Assert.Empty(failures);
        Assert.True(count > 0);
    }

    [Fact]
    public void Append_TextThatBeginsNoMark_FlowsAtOnce()
    {
        ToolCallParser parser = new(ToolCallFormat.Hermes);

        Assert.Equal("Hello", Text(parser.Append("Hello")));
        Assert.Equal("", Text(parser.Append(" <tool")));
        Assert.Equal(" <toolbox", Text(parser.Append("box")));
        Assert.Equal(" a < b", Text(parser.Append(" a < b")));
        Assert.Empty(parser.Finish());
    }

    [Fact]
    public void Append_WholeCall_GivesItBeforeTheReplyEnds()
    {
        ToolCallParser parser = new(ToolCallFormat.Hermes);

        AIContent content = Assert.Single(parser.Append(Call));

        FunctionCallContent call = Assert.IsType<FunctionCallContent>(content);
        Assert.Equal("f", call.Name);
        Assert.Equal(1, Assert.IsType<JsonElement>(call.Arguments!["a"]).GetInt32());
        Assert.NotEmpty(call.CallId);
        Assert.Null(call.Exception);
    }

    [Theory]
    [InlineData("<tool_call>{\"name\": \"edit_fact\", \"arguments\": {\"a\": \"b", "edit_fact")]
    [InlineData("<tool_call>{'name': 'f', 'arguments': {}}</tool_call>", "f")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": {}</tool_call>", "f")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": 5}</tool_call>", "f")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": \"\\ud800\"}}</tool_call>", "f")]
    [InlineData("<tool_call>{\"name\": \"f, \"arguments\": {}}</tool_call> and more text", "unknown")]
    [InlineData("<tool_call>", "unknown")]
    [InlineData("<tool_call>no json</tool_call>", "unknown")]
    public void Parse_BrokenCall_IsAContentWithException(string reply, string name)
    {
        FunctionCallContent call = Assert.Single(Parse(reply).OfType<FunctionCallContent>());

        Assert.Equal(name, call.Name);
        Assert.IsType<FormatException>(call.Exception);
        Assert.NotEmpty(call.CallId);
    }

    [Fact]
    public void Parse_ManyCalls_HaveDifferentIds()
    {
        FunctionCallContent[] calls = [.. Parse(string.Concat(Enumerable.Repeat(Call + "\n", 20))).OfType<FunctionCallContent>()];

        Assert.Equal(20, calls.Select(static call => call.CallId).Distinct().Count());
    }

    [Fact]
    public void Parse_AnyChunking_GivesTheSameContentsWithoutMarks()
    {
        Gen<string> part = Gen.Elements(
            "a", " ", "\n", "<", "<tool", "_call>", "<tool_call>", "</tool_call>", "</", Call, "\"", "{", "}", "\\", "{\"name\": \"g\"}", "é👍", "<tool_call>{\"name\": \"g\"}");
        Gen<string[]> parts = Gen.ArrayOf(part);
        Gen<int[]> cuts = Gen.ArrayOf(Gen.Choose(0, 60));
        Prop.ForAll(parts.Zip(cuts).ToArbitrary(), static pair =>
        {
            string reply = string.Concat(pair.Item1);
            List<AIContent> whole = Parse(reply);
            List<AIContent> cut = Parse(Cut(reply, pair.Item2));
            return Describe(whole) == Describe(cut)
                && whole.Concat(cut).OfType<TextContent>().All(static text =>
                    !text.Text.Contains("<tool_call>", StringComparison.Ordinal) && !text.Text.Contains("</tool_call>", StringComparison.Ordinal));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Theory]
    [InlineData("{{ '<tool_call>\\n' }}{{ messages[1].tool_calls[0].function | tojson }}{{ '\\n</tool_call>' }}", "<tool_call>\n{\"name\": \"f\", \"arguments\":")]
    [InlineData("<tool_call>{{ {'name': messages[1].tool_calls[0].function.name, 'args': 1, 'arguments': messages[1].tool_calls[0].function.arguments} | tojson }}</tool_call>",
        "<tool_call>{\"name\": \"f\", \"args\": 1, \"arguments\":")]
    [InlineData("Say <tool_call>. {{ raise_exception('no') }}", "<tool_call>\n{\"name\": \"f\", \"arguments\":")]
    public void Find_TemplateThatWritesCalls_BeginsThemAsItDoes(string source, string beginning)
    {
        ToolCallFormat? format = ToolCallFormat.Find(ChatTemplate.Parse(source));

        Assert.Equal(beginning, format!.BeginningOfCall("f"));
    }

    [Fact]
    public void Find_TemplateWithoutCalls_IsNull() => Assert.Null(ToolCallFormat.Find(ChatTemplate.Parse("{{ messages[0].content }}")));

    private static List<AIContent> Parse(params string[] pieces)
    {
        ToolCallParser parser = new(ToolCallFormat.Hermes);
        List<AIContent> contents = [.. pieces.SelectMany(parser.Append)];
        contents.AddRange(parser.Finish());
        return contents;
    }

    private static string[] Cut(string text, int[] places)
    {
        int[] sorted = [.. places.Where(place => place < text.Length).Append(0).Append(text.Length).Distinct().Order()];
        return [.. sorted.Zip(sorted.Skip(1), (from, to) => text[from..to])];
    }

    private static bool Agrees(List<AIContent> contents, JsonNode expected)
    {
        FunctionCallContent[] calls = [.. contents.OfType<FunctionCallContent>()];
        JsonArray wanted = expected["calls"]!.AsArray();
        if (wanted.Count == 0 && calls.Length > 0)
        {
            // The reference shows the user a call it cannot read; here it becomes a call that says so.
            return calls.Any(static call => call.Exception is not null);
        }

        string before = Text(contents.TakeWhile(static content => content is TextContent)).Trim();
        return before == (wanted.Count == 0 ? ((string)expected["text"]!).Trim() : (string)expected["text"]!)
            && calls.Where(static call => call.Exception is null).Select(static call => ToJson(call)).SequenceEqual(wanted.Select(static call => Normalized(call!)));
    }

    private static string ToJson(FunctionCallContent call) =>
        Normalized(new JsonObject { ["name"] = call.Name, ["arguments"] = JsonSerializer.SerializeToNode(call.Arguments) });

    private static string Normalized(JsonNode node) => JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(node.ToJsonString())).Replace("-1.5e3", "-1500.0", StringComparison.Ordinal);

    private static string Text(IEnumerable<AIContent> contents) => string.Concat(contents.OfType<TextContent>().Select(static text => text.Text));

    private static string Describe(List<AIContent> contents)
    {
        System.Text.StringBuilder text = new();
        foreach (AIContent content in contents)
        {
            text.Append(content is FunctionCallContent call ? $"[{call.Name} {JsonSerializer.Serialize(call.Arguments)} {call.Exception?.Message}]" : Text([content]));
        }

        return text.ToString();
    }
}
