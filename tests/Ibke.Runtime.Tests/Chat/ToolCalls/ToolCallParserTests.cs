using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Chat.ToolCalls;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Chat.ToolCalls;

public class ToolCallParserTests
{
    private const string Call = """<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>""";

    [Fact]
    public void Append_TextThatBeginsNoMark_FlowsAtOnce()
    {
        ToolCallParser parser = new(ToolCallFormats.Hermes, DeclaredFunctions.Unknown);

        Assert.Equal("Hello", Text(parser.Append("Hello")));
        Assert.Equal("", Text(parser.Append(" <tool")));
        Assert.Equal(" <toolbox", Text(parser.Append("box")));
        Assert.Equal(" a < b", Text(parser.Append(" a < b")));
        Assert.Empty(parser.Finish());
    }

    [Fact]
    public void Append_WholeCall_GivesItBeforeTheReplyEnds()
    {
        ToolCallParser parser = new(ToolCallFormats.Hermes, DeclaredFunctions.Unknown);

        AIContent content = Assert.Single(parser.Append(Call));

        FunctionCallContent call = Assert.IsType<FunctionCallContent>(content);
        Assert.Equal("f", call.Name);
        Assert.Equal(1, Assert.IsType<JsonElement>(call.Arguments!["a"]).GetInt32());
        Assert.NotEmpty(call.CallId);
    }

    [Theory]
    [InlineData("<tool_call>{\"name\": \"edit_fact\", \"arguments\": {\"a\": \"b", "ended")]
    [InlineData("<tool_call>{'name': 'f', 'arguments': {}}</tool_call>", "JSON")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": {}</tool_call>", "JSON")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": {}}}</tool_call>", "more than one")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": 5}</tool_call>", "arguments")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": \"\\ud800\"}}</tool_call>", "surrogate")]
    [InlineData("<tool_call>{\"name\": \"f, \"arguments\": {}}</tool_call> and more text", "ended")]
    [InlineData("Well. <tool_call>", "ended")]
    [InlineData("<tool_call>no json</tool_call>", "no JSON")]
    public void Parse_BrokenCall_StaysTextWithTheReason(string reply, string reason)
    {
        ParsedReply parsed = ParsedReply.Parse(ToolCallFormats.Hermes, [reply]);

        Assert.Empty(parsed.Calls);
        Assert.Equal(reply, parsed.Text);
        Assert.Contains(reason, Assert.Single(parsed.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_BrokenCallAfterAWholeOne_KeepsTheFirstUnlessAllOrNothing()
    {
        string reply = $"Well. {Call}\n<tool_call>{{\"name\": ";

        ParsedReply atOnce = ParsedReply.Parse(ToolCallFormats.Hermes, [reply]);
        ParsedReply all = ParsedReply.Parse(ToolCallFormats.Hermes, [reply], delivery: CallDelivery.AllOrNothing);

        Assert.Equal("""Well.[f {"a":1}](<tool_call>{"name": : the reply ended inside it)""", atOnce.ToString());
        Assert.Equal($"({reply}: the reply ended inside it)", all.ToString());
    }

    [Theory]
    [InlineData("llama3", """{"name": "a", "parameters": {}}; {"name": "b", """)]
    [InlineData("mistral", "[TOOL_CALLS]a[ARGS]{}[TOOL_CALLS]b[ARGS]{")]
    [InlineData("deepseek-v3.1", "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>a<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁call▁begin｜>b<｜tool▁sep｜>")]
    [InlineData("functionary", "<function=a>{}</function><function=b>{\"x\"")]
    [InlineData("qwen3-coder", "<tool_call>\n<function=a>\n</function>\n</tool_call>\n<tool_call>\n<function=b>\n<parameter=x>\n1")]
    public void Parse_SecondCallCut_IsNoCallAtAllUnlessStreamed(string format, string reply)
    {
        ParsedReply atOnce = ParsedReply.Parse(ToolCallFormats.Find(format), [reply]);
        ParsedReply all = ParsedReply.Parse(ToolCallFormats.Find(format), [reply], delivery: CallDelivery.AllOrNothing);

        Assert.Equal("a", Assert.Single(atOnce.Calls).Name);
        Assert.Single(atOnce.Problems);
        Assert.Empty(all.Calls);
        Assert.Equal(reply, all.Text);
    }

    [Fact]
    public void Parse_Llama3_ReadsOnlyFunctionsOfTheRequest()
    {
        DeclaredFunctions functions = new(ToolDeclarations.ToJson([AIFunctionFactory.Create(static () => 1, "f")]));
        const string Text = """Bob is {"name": "Bob", "parameters": {}}, or [{"name": "f", "parameters": {}}].""";

        Assert.Equal(Text, ParsedReply.Parse(ToolCallFormats.Llama3, [Text], functions).ToString());
        Assert.Equal("So:[f {}]", ParsedReply.Parse(ToolCallFormats.Llama3, ["""So: {"name": "f", "parameters": {}}"""], functions).ToString());
        Assert.Equal("there is no function that runs code", Assert.Single(ParsedReply.Parse(ToolCallFormats.Llama3, ["<|python_tag|>print(1)"], functions).Problems));
    }

    [Fact]
    public void Parse_Qwen3Coder_TypesParametersByTheirSchema()
    {
        DeclaredFunctions functions = new(ToolDeclarations.ToJson([AIFunctionFactory.Create(static (string text, int count, string[] list, bool flag, string? none) => 1, "f")]));
        string parameters = string.Concat(new[] { ("text", "12"), ("count", "12"), ("list", "['a', \"b\"]"), ("flag", "True"), ("none", "null"), ("other", "1.5") }
            .Select(static pair => $"<parameter={pair.Item1}>\n{pair.Item2}\n</parameter>\n"));

        ParsedReply reply = ParsedReply.Parse(ToolCallFormats.Qwen3Coder, [$"<tool_call>\n<function=f>\n{parameters}</function>\n</tool_call>"], functions);

        Assert.Equal("""{"text":"12","count":12,"list":["a","b"],"flag":true,"none":null,"other":1.5}""", JsonSerializer.Serialize(Assert.Single(reply.Calls).Arguments));
    }

    [Fact]
    public void Parse_CallsForbidden_AreTextWithANote()
    {
        ParsedReply reply = ParsedReply.Parse(ToolCallFormats.Hermes, ["a ", Call], delivery: CallDelivery.AsText);

        Assert.Equal($"a( {Call}: the request allows no function calls)", reply.ToString());
    }

    [Fact]
    public void Parse_ManyCalls_HaveDifferentIds()
    {
        ParsedReply reply = ParsedReply.Parse(ToolCallFormats.Hermes, [string.Concat(Enumerable.Repeat(Call + "\n", 20))]);

        Assert.Equal(20, reply.Calls.Select(static call => call.CallId).Distinct().Count());
    }

    [Fact]
    public void Parse_AnyPiecesOfMarkup_GivesTheSameHoweverCutAndLosesNothing()
    {
        string[] marks = [.. ToolCallFormats.All.SelectMany(static format => format.ControlMarks).Distinct()];
        string[] parts =
        [
            .. marks, .. marks.Select(static mark => mark[..(mark.Length / 2)]), Call, "a", " ", "\n\n", "<", "{", "}", "[", "]", "\"", "\\", ";", "é👍", "```",
            "{\"name\": \"g\", \"parameters\": {\"x\": 1}}", "[{\"name\": \"g\"}]", "g{\"a\": 2}", "<function=g>", "<parameter=p>", "</parameter>", "f.call(a=1)",
        ];
        Gen<string[]> replies = Gen.ArrayOf(Gen.Elements(parts));
        Gen<int[]> cuts = Gen.ArrayOf(Gen.Choose(0, 200));
        foreach (ToolCallFormat format in ToolCallFormats.All)
        {
            Prop.ForAll(replies.Zip(cuts).ToArbitrary(), pair =>
            {
                string reply = string.Concat(pair.Item1);
                ParsedReply whole = ParsedReply.Parse(format, [reply]);
                ParsedReply all = ParsedReply.Parse(format, [reply], delivery: CallDelivery.AllOrNothing);
                return whole.ToString() == ParsedReply.Parse(format, ParsedReply.Cut(reply, pair.Item2)).ToString()
                    && (all.Calls.Count > 0 ? all.ToString() == whole.ToString() : all.Text == reply);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        }
    }

    [Fact]
    public void Parse_AnyCharacters_NeverFails()
    {
        foreach (ToolCallFormat format in ToolCallFormats.All)
        {
            Gen<string> begin = Gen.Elements([.. format.Marks, ""]);
            Gen<char[]> characters = Gen.ArrayOf(Gen.Choose(0, 0xFFFF).Select(static code => (char)(code % 3 == 0 ? code : 32 + (code % 95))));
            Prop.ForAll(begin.Zip(characters).ToArbitrary(), pair =>
            {
                string reply = pair.Item1 + new string(pair.Item2);
                ParsedReply parsed = ParsedReply.Parse(format, [reply]);
                return parsed.Calls.Count > 0 || parsed.Text == reply;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        }
    }

    [Fact]
    public void Parse_LongCallInSmallPieces_TakesLittleTime()
    {
        string json = $"{{\"name\": \"f\", \"arguments\": {{\"s\": \"{new string('}', 40_000)}\"}}}}";

        ParsedReply reply = ParsedReply.Parse(ToolCallFormats.Hermes, $"<tool_call>{json}</tool_call>".Chunk(4).Select(static piece => new string(piece)));

        Assert.Equal(40_000, Assert.IsType<string>(Assert.Single(reply.Calls).Arguments!["s"]).Length);
    }

    private static string Text(IEnumerable<AIContent> contents) => string.Concat(contents.OfType<TextContent>().Select(static text => text.Text));
}
