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
        ReplyWriter writer = new(Request(Tools() with { SeveralCalls = false }), "m", default);

        Assert.Single(writer.Append(Step(Call + Call)));
        Assert.True(writer.IsComplete);
        Assert.Equal(ChatFinishReason.ToolCalls, Assert.Single(writer.Finish(Step("", FinishReason.Stop))).FinishReason);
    }

    [Fact]
    public void Append_CallsForbidden_GivesTheWordsInstead()
    {
        List<ChatResponseUpdate> updates = Write(Tools() with { MayCall = false }, FinishReason.Stop, "a " + Call);

        Assert.Equal("""a{"name": "f", "arguments": {}}""", string.Concat(updates.Select(static update => update.Text)));
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
    public void Finish_CutInsideACall_SaysLengthAndGivesTheBrokenCall()
    {
        List<ChatResponseUpdate> updates = Write(Tools(), FinishReason.Length, "<tool_call>{\"name\": \"f\", ");

        Assert.Equal(ChatFinishReason.Length, updates[^1].FinishReason);
        Assert.NotNull(Assert.Single(updates.SelectMany(static update => update.Contents).OfType<FunctionCallContent>()).Exception);
    }

    [Fact]
    public void Append_ModelWithoutCalls_PassesTextOn()
    {
        List<ChatResponseUpdate> updates = Write(new ToolUse(null, null, false, true, ""), FinishReason.Stop, "<tool", "_call>", "");

        Assert.Equal(["<tool", "_call>", ""], updates.Select(static update => update.Text));
    }

    private static ToolUse Tools() => new([], ToolCallFormat.Hermes, true, true, "");

    private static ChatRequest Request(ToolUse tools) =>
        new(new Conversation([new ChatMessage(ChatRole.User, "x")], null), tools, new GenerationOptions(), null, WeightVersion.Base);

    private static GenerationStep Step(string text, FinishReason? reason = null) => new(0, text, reason, new TokenUsage(5, 2, 1));

    private static List<ChatResponseUpdate> Write(ToolUse tools, FinishReason reason, params string[] pieces)
    {
        ReplyWriter writer = new(Request(tools), "m", default);
        List<ChatResponseUpdate> updates = [.. pieces.SelectMany(piece => writer.Append(Step(piece)))];
        updates.AddRange(writer.Finish(Step("", reason)));
        return updates;
    }
}
