using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Templates.Values;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Chat;

public class ConversationTests
{
    [Fact]
    public void ToJson_InstructionsAndSystemMessages_BecomeOneSystemText()
    {
        ChatMessage[] messages = [new(ChatRole.System, "B"), new(ChatRole.System, "C"), new(ChatRole.User, "Hi"), new(ChatRole.System, "late")];

        AssertJson(
            """[{"role":"system","content":"A\n\nB\n\nC"},{"role":"user","content":"Hi"},{"role":"system","content":"late"}]""",
            new Conversation(messages, "A"));
    }

    [Theory]
    [InlineData("""["x\ud83d", "\ude00", "\ud83d\ude00", "\\ud83d"]""", """["x\uFFFD", "\uFFFD", "\ud83d\ude00", "\\ud83d"]""")]
    [InlineData("""{"\ud83d": {"a": 1, "b": 2, "a": 3}}""", """{"\uFFFD": {"a": 3, "b": 2}}""")]
    public void ToJson_JsonThatIsNotWhole_IsReadAllTheSame(string json, string expected)
    {
        JsonElement value = JsonElement.Parse(json);
        ChatMessage[] messages =
        [
            new(ChatRole.User, "Go"),
            new(ChatRole.Assistant, [new FunctionCallContent("c", "f", new Dictionary<string, object?> { ["v"] = value })]),
            new(ChatRole.Tool, [new FunctionResultContent("c", value)]),
        ];

        JsonArray conversation = new Conversation(messages, null).ToJson();

        JsonNode wanted = JsonNode.Parse(expected)!;
        Assert.True(JsonNode.DeepEquals(wanted, conversation[1]!["tool_calls"]![0]!["function"]!["arguments"]!["v"]));
        Assert.True(JsonNode.DeepEquals(wanted, JsonNode.Parse((string)conversation[2]!["content"]!)));
    }

    [Theory]
    [InlineData("\"x\\ud83d\"", "x\uFFFD")]
    [InlineData("\"\\ud83d\\ude00\"", "\ud83d\ude00")]
    public void ToJson_ResultIsHalfASurrogatePair_IsReplaced(string json, string expected) =>
        Assert.Equal(expected, ToolResultText.Of(new FunctionResultContent("c", JsonElement.Parse(json))));

    [Fact]
    public void ToJson_CallAsDeepAsCallsMayBe_IsGivenBack()
    {
        string lists = new string('[', 120) + new string(']', 120);
        string call = """<tool_call>{"name": "f", "arguments": {"a": """ + lists + "}}</tool_call>";
        ToolCallParser parser = new(ToolCallFormats.Find("hermes")!, DeclaredFunctions.Unknown);

        JsonArray conversation = new Conversation([new(ChatRole.User, "Go"), new(ChatRole.Assistant, [.. parser.Append(call), .. parser.Finish()])], null).ToJson();

        Assert.Contains(new string('[', 120), JsonText.Format(conversation[1]!["tool_calls"]), StringComparison.Ordinal);
    }

    [Fact]
    public void ToJson_ResultIsNoNumber_IsItsName() =>
        Assert.Equal("[\"NaN\", 1.5]", ToolResultText.Of(new FunctionResultContent("c", new[] { double.NaN, 1.5 })));

    [Fact]
    public void ToJson_CallsAndResults_KeepIdsNamesAndOrder()
    {
        ChatMessage[] messages =
        [
            new(ChatRole.User, "Go"),
            new(ChatRole.Assistant,
            [
                new TextReasoningContent("hm"),
                new TextContent("Yes."),
                new FunctionCallContent("c1", "f", new Dictionary<string, object?> { ["b"] = 1, ["a"] = null }),
                new FunctionCallContent("c2", "g"),
            ]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", "done"), new FunctionResultContent("c2", new { x = new[] { 1, 2 }, é = "ü" })]),
        ];

        AssertJson(
            """
            [{"role":"user","content":"Go"},
             {"role":"assistant","content":"Yes.","reasoning_content":"hm","tool_calls":[
               {"id":"c1","type":"function","function":{"name":"f","arguments":{"b":1,"a":null}}},
               {"id":"c2","type":"function","function":{"name":"g","arguments":{}}}]},
             {"role":"tool","content":"done","tool_call_id":"c1","name":"f"},
             {"role":"tool","content":"{\"x\": [1, 2], \"é\": \"ü\"}","tool_call_id":"c2","name":"g"}]
            """,
            new Conversation(messages, null));
    }

    [Theory]
    [InlineData("text", "text")]
    [InlineData(null, "")]
    [InlineData(true, "true")]
    [InlineData(1.5, "1.5")]
    public void Of_PlainResult_IsItsText(object? result, string expected) =>
        Assert.Equal(expected, ToolResultText.Of(new FunctionResultContent("c", result)));

    [Fact]
    public void Of_JsonResult_IsWrittenAsInTraining()
    {
        JsonElement json = JsonElement.Parse("""{"status":"applied","edit_id":"e1","list":[1.0,null,"é<"]}""");

        Assert.Equal("""{"status": "applied", "edit_id": "e1", "list": [1.0, null, "é<"]}""", ToolResultText.Of(new FunctionResultContent("c", json)));
        Assert.Equal("plain", ToolResultText.Of(new FunctionResultContent("c", JsonElement.Parse("\"plain\""))));
    }

    [Fact]
    public void TryDropOldestTurn_DropsCallsAndResultsTogetherAndKeepsTheLastUserMessage()
    {
        ChatMessage[] messages =
        [
            new(ChatRole.System, "S"),
            new(ChatRole.User, "1"),
            new(ChatRole.Assistant, [new FunctionCallContent("c", "f")]),
            new(ChatRole.Tool, [new FunctionResultContent("c", "r")]),
            new(ChatRole.Assistant, "a"),
            new(ChatRole.User, "2"),
            new(ChatRole.Assistant, [new FunctionCallContent("d", "f")]),
            new(ChatRole.Tool, [new FunctionResultContent("d", "r")]),
        ];
        Conversation conversation = new(messages, null);

        Assert.True(conversation.TryDropOldestTurn());
        Assert.Equal(["system", "user", "assistant", "tool"], conversation.ToJson().Select(static message => (string)message!["role"]!));
        Assert.Equal("2", (string)conversation.ToJson()[1]!["content"]!);
        Assert.False(conversation.TryDropOldestTurn());
        Assert.Equal(4, conversation.ToJson().Count);
    }

    [Fact]
    public void TryDropOldestTurn_SystemMessagesBetweenTurns_Stay()
    {
        ChatMessage[] messages =
        [
            new(ChatRole.System, "S"),
            new(ChatRole.User, "1"),
            new(ChatRole.System, "first rule"),
            new(ChatRole.User, "2"),
            new(ChatRole.System, "second rule"),
            new(ChatRole.Assistant, "a"),
            new(ChatRole.User, "3"),
        ];
        Conversation conversation = new(messages, null);

        Assert.True(conversation.TryDropOldestTurn());
        Assert.Equal(["S", "first rule", "2", "second rule", "a", "3"], Contents());
        Assert.True(conversation.TryDropOldestTurn());
        Assert.Equal(["S", "first rule", "second rule", "3"], Contents());
        Assert.False(conversation.TryDropOldestTurn());

        IEnumerable<string> Contents() => conversation.ToJson().Select(static message => (string)message!["content"]!);
    }

    [Fact]
    public void Constructor_Image_NamesMessageAndContent()
    {
        ChatMessage[] messages = [new(ChatRole.User, "Look"), new(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")])];

        NotSupportedException failure = Assert.Throws<NotSupportedException>(() => new Conversation(messages, null));

        Assert.Contains("Message 1 (user) holds data of type image/png", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_NothingToAnswer_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new Conversation([], null));
        Assert.Throws<ArgumentException>(() => new Conversation([null!], null));
        Assert.Single(new Conversation([], "Say hello.").ToJson());
    }

    [Fact]
    public void ToJson_AuthorName_IsTheName() => AssertJson(
        """[{"role":"user","content":"Hi","name":"ann"},{"role":"assistant","content":"Ho","name":"bot"}]""",
        new Conversation([new(ChatRole.User, "Hi") { AuthorName = "ann" }, new(ChatRole.Assistant, "Ho") { AuthorName = "bot" }], null));

    [Fact]
    public void ToJson_MessagesChangedLater_KeepsItsCopy()
    {
        ChatMessage message = new(ChatRole.User, "before");
        Conversation conversation = new([message], null);
        message.Contents = [new TextContent("after")];

        Assert.Equal("before", (string)conversation.ToJson()[0]!["content"]!);
    }

    private static void AssertJson(string expected, Conversation conversation) =>
        Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), conversation.ToJson().ToJsonString());
}
