using System.Text.Json.Nodes;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Chat.ToolCalls;

namespace Ibke.Runtime.Tests.Chat;

public class MessageFormTests
{
    private const string TwoCalls = """
        [{"role": "user", "content": "Go"},
         {"role": "assistant", "content": "Yes.", "tool_calls": [
           {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": {"a": 1.0}}},
           {"id": "abcde1234", "type": "function", "function": {"name": "g", "arguments": {}}}]},
         {"role": "tool", "content": "1", "tool_call_id": "call_1", "name": "f"},
         {"role": "tool", "content": "2", "tool_call_id": "abcde1234", "name": "g"}]
        """;

    [Fact]
    public void Shaped_CommonShape_ChangesNothing() => AssertJson(TwoCalls, MessageForm.Shaped(Json(TwoCalls), new MessageShape(), null));

    [Fact]
    public void Shaped_SingleCalls_PutsEachResultBehindItsCall()
    {
        AssertJson(
            """
            [{"role": "user", "content": "Go"},
             {"role": "assistant", "content": "Yes.", "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": {"a": 1.0}}}]},
             {"role": "tool", "content": "1", "tool_call_id": "call_1", "name": "f"},
             {"role": "assistant", "content": "", "tool_calls": [{"id": "abcde1234", "type": "function", "function": {"name": "g", "arguments": {}}}]},
             {"role": "tool", "content": "2", "tool_call_id": "abcde1234", "name": "g"}]
            """,
            MessageForm.Shaped(Json(TwoCalls), new MessageShape(SingleCalls: true), null));
    }

    [Fact]
    public void Shaped_NullContentAndTextArguments_SaysTheTextBefore()
    {
        JsonArray messages = MessageForm.Shaped(Json(TwoCalls), new MessageShape(NullContent: true, ArgumentsAsText: true), null);

        Assert.Equal(["user", "assistant", "assistant", "tool", "tool"], messages.Select(static message => (string)message!["role"]!));
        Assert.Equal("Yes.", (string)messages[1]!["content"]!);
        Assert.True(messages[2]!.AsObject().ContainsKey("content"));
        Assert.Null(messages[2]!["content"]);
        Assert.Equal("{\"a\": 1.0}", (string)messages[2]!["tool_calls"]![0]!["function"]!["arguments"]!);
    }

    [Fact]
    public void Shaped_ShortIds_AreNineLettersOrDigitsAndStillPair()
    {
        JsonArray messages = MessageForm.Shaped(Json(TwoCalls), new MessageShape(ShortIds: true), null);

        string[] ids = [.. messages[1]!["tool_calls"]!.AsArray().Select(static call => (string)call!["id"]!)];
        Assert.Equal(ids, messages.Skip(2).Select(static message => (string)message!["tool_call_id"]!));
        Assert.Equal("abcde1234", ids[1]);
        Assert.Matches("^[a-zA-Z0-9]{9}$", ids[0]);
        Assert.Equal(ids[0], (string)MessageForm.Shaped(Json(TwoCalls), new MessageShape(ShortIds: true), null)[2]!["tool_call_id"]!);
    }

    [Fact]
    public void Shaped_CallsInText_AreWrittenAsTheModelDoes()
    {
        JsonArray messages = MessageForm.Shaped(Json(TwoCalls), new MessageShape(CallsInText: true), ToolCallFormats.Granite.Syntax);

        Assert.Equal(
            "Yes.\n<|tool_call|>[{\"name\": \"f\", \"arguments\": {\"a\": 1.0}}, {\"name\": \"g\", \"arguments\": {}}]", (string)messages[1]!["content"]!);
        Assert.False(messages[1]!.AsObject().ContainsKey("tool_calls"));
    }

    [Fact]
    public void WithFunctions_SystemTextOrNone_ExplainsThem()
    {
        JsonArray declarations = Json("""[{"type": "function", "function": {"name": "f", "parameters": {}}}]""");
        const string Text = "You can call these functions:\n{\"name\": \"f\", \"parameters\": {}}\n\nTo call one, answer with nothing but:\n"
            + "<function=name>{\"argument\": \"value\"}</function>";
        CallSyntax syntax = ToolCallFormats.Functionary.Syntax!;

        Assert.Equal(Text, (string)MessageForm.WithFunctions(Json("""[{"role": "user", "content": "a"}]"""), declarations, syntax)[0]!["content"]!);
        Assert.Equal("S\n\n" + Text, (string)MessageForm.WithFunctions(Json("""[{"role": "system", "content": "S"}]"""), declarations, syntax)[0]!["content"]!);
    }

    [Fact]
    public void WithResultsInUserText_Results_AreToldByTheUser() =>
        Assert.Equal(
            ["Go", "Yes.", "Result of f: 1", "Result of g: 2"],
            MessageForm.WithResultsInUserText(Json(TwoCalls)).Select(static message => (string)message!["content"]!));

    [Fact]
    public void WithTurnsMerged_SameSpeaker_BecomesOneMessage()
    {
        AssertJson(
            """[{"role": "user", "content": "a\n\nb"}, {"role": "assistant", "content": "c"}, {"role": "user", "content": "d"}]""",
            MessageForm.WithTurnsMerged(Json(
                """[{"role": "user", "content": "a"}, {"role": "user", "content": "b"}, {"role": "assistant", "content": "c"}, {"role": "user", "content": "d"}]""")));
        AssertJson(TwoCalls, MessageForm.WithTurnsMerged(Json(TwoCalls)));
    }

    [Fact]
    public void WithSystemInUserText_SystemTexts_StandBeforeTheNextUserText()
    {
        AssertJson(
            """[{"role": "user", "content": "S\n\na"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "T\n\nU\n\nc"}, {"role": "user", "content": "V"}]""",
            MessageForm.WithSystemInUserText(Json(
                """
                [{"role": "system", "content": "S"}, {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "system", "content": "T"},
                 {"role": "system", "content": "U"}, {"role": "user", "content": "c"}, {"role": "system", "content": "V"}]
                """)));
    }

    private static JsonArray Json(string json) => JsonNode.Parse(json)!.AsArray();

    private static void AssertJson(string expected, JsonArray actual) => Assert.Equal(Json(expected).ToJsonString(), actual.ToJsonString());
}
