using Ibke.Runtime.Chat;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Chat;

public class ReplyWriterTests
{
    private const string Call = """<tool_call>{"name": "f", "arguments": {}}</tool_call>""";

    [Fact]
    public void Append_SeveralCalls_GivesAllAndFinishesWithToolCalls()
    {
        List<ChatResponseUpdate> updates = Write(Tools(), FinishReason.Stop, "Well.\n", Call, "\n" + Call);

        Assert.Equal(2, updates.SelectMany(static update => update.Contents).OfType<FunctionCallContent>().Count());
        Assert.Equal("Well.", string.Concat(updates.Select(static update => update.Text)));
        Assert.Equal(ChatFinishReason.ToolCalls, updates[^1].FinishReason);
    }

    [Fact]
    public void Append_OneCallAllowed_DropsTheSecond()
    {
        ReplyWriter writer = new(Request(Tools() with { SeveralCalls = false }), new Prompt([]), "m", default);

        Assert.Single(writer.Append(Step(Call + Call)));
        Assert.True(writer.IsComplete);
        Assert.Equal(ChatFinishReason.ToolCalls, Assert.Single(writer.Finish(Step("", FinishReason.Stop))).FinishReason);
    }

    [Fact]
    public void Append_CallsForbidden_GivesTheWordsInstead()
    {
        List<ChatResponseUpdate> updates = Write(Tools() with { MayCall = false }, FinishReason.Stop, "a " + Call);

        Assert.Equal("a " + Call, string.Concat(updates.Select(static update => update.Text)));
        Assert.Contains(updates, static update => update.AdditionalProperties?.ContainsKey("ibke.malformed_call") == true);
        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
    }

    [Fact]
    public void Append_ForcedBeginning_IsPartOfTheCall()
    {
        List<ChatResponseUpdate> updates = Write(
            Tools() with { Beginning = "<tool_call>{\"name\": \"f\", \"arguments\":" }, FinishReason.Stop, " {\"a\": 1}}</tool_call>");

        FunctionCallContent call = Assert.Single(updates.SelectMany(static update => update.Contents).OfType<FunctionCallContent>());
        Assert.Equal("f", call.Name);
        Assert.True(call.Arguments!.ContainsKey("a"));
    }

    [Fact]
    public void Finish_CutInsideACall_SaysLengthAndGivesTheTextWithANote()
    {
        const string Cut = "<tool_call>{\"name\": \"f\", ";
        List<ChatResponseUpdate> updates = Write(Tools(), FinishReason.Length, Call, Cut);

        Assert.Equal(ChatFinishReason.Length, updates[^1].FinishReason);
        Assert.Equal(Cut, string.Concat(updates.Select(static update => update.Text)));
        ChatMessage message = Assert.Single(updates.ToChatResponse().Messages);
        Assert.Equal("the reply ended inside it", message.AdditionalProperties!["ibke.malformed_call"]);
        Assert.Equal("the reply ended inside it", message.Contents.OfType<TextContent>().Single().AdditionalProperties!["ibke.malformed_call"]);
    }

    [Fact]
    public void Finish_WholeReplyWithABrokenCall_GivesNoCallAtAll()
    {
        string reply = Call + "<tool_call>{\"name\": ";
        ReplyWriter writer = new(Request(Tools()) with { IsWhole = true }, new Prompt([]), "m", default);

        Assert.Empty(writer.Append(Step(reply)));
        ChatMessage message = Assert.Single(writer.Finish(Step("", FinishReason.Stop)).ToChatResponse().Messages);
        Assert.Equal(reply, message.Text);
        Assert.DoesNotContain(message.Contents, static content => content is FunctionCallContent);
    }

    [Fact]
    public void Append_Thoughts_AreReasoningAndCallsInThemAreNone()
    {
        ReplyWriter writer = new(Request(Tools()) with { Reasoning = new("<think>", "</think>") }, new Prompt([]), "m", default);
        List<ChatResponseUpdate> updates = [.. new[] { "<thi", "nk>\nIf ", Call, "\n</think>\n\nYes. ", Call }.SelectMany(piece => writer.Append(Step(piece)))];
        updates.AddRange(writer.Finish(Step("", FinishReason.Stop)));

        ChatMessage message = Assert.Single(updates.ToChatResponse().Messages);
        Assert.Equal("If " + Call, string.Concat(message.Contents.OfType<TextReasoningContent>().Select(static content => content.Text)));
        Assert.Equal("Yes.", message.Text);
        Assert.Single(message.Contents.OfType<FunctionCallContent>());
    }

    [Fact]
    public void Append_ReplyInLine_LosesTheSpaceBeforeIt()
    {
        ReplyWriter writer = new(Request(new ToolUse(null, NoCalls, false, true, "")), new Prompt([], IsInLine: true), "m", default);

        Assert.Equal("Hello there", string.Concat(new[] { " ", " Hello", " there" }.SelectMany(piece => writer.Append(Step(piece))).Select(static update => update.Text)));
    }

    [Fact]
    public void Append_ModelWithoutCalls_PassesTextOn()
    {
        List<ChatResponseUpdate> updates = Write(new ToolUse(null, NoCalls, false, true, ""), FinishReason.Stop, "<tool", "_call>", "");

        Assert.Equal(["<tool", "_call>", ""], updates.Select(static update => update.Text));
    }

    private static ModelCalls NoCalls { get; } = new(ToolCallFormats.None, null, new MessageShape(), true);

    private static ToolUse Tools() =>
        new(ToolDeclarations.ToJson([AIFunctionFactory.Create(static () => 1, "f")]), NoCalls with { Format = ToolCallFormats.Hermes }, true, true, "");

    private static ChatRequest Request(ToolUse tools) =>
        new(new Conversation([new ChatMessage(ChatRole.User, "x")], null), tools, null, [], new GenerationOptions(), null, WeightVersion.Base);

    private static GenerationStep Step(string text, FinishReason? reason = null) => new(0, text, reason, new TokenUsage(5, 2, 1));

    private static List<ChatResponseUpdate> Write(ToolUse tools, FinishReason reason, params string[] pieces)
    {
        ReplyWriter writer = new(Request(tools), new Prompt([]), "m", default);
        List<ChatResponseUpdate> updates = [.. pieces.SelectMany(piece => writer.Append(Step(piece)))];
        updates.AddRange(writer.Finish(Step("", reason)));
        return updates;
    }
}
