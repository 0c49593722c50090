using System.Text.Json.Nodes;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Tests.Models;
using Microsoft.Extensions.AI;
using Moq;

namespace Ibke.Runtime.Tests.Chat;

public class ToolLoopChatClientTests
{
    private static readonly AIFunction _add = AIFunctionFactory.Create((int a, int b) => a + b, "add");
    private static readonly AIFunction _fail = AIFunctionFactory.Create(static string () => throw new InvalidOperationException("no luck"), "fail");

    [Fact]
    public async Task GetResponseAsync_Calls_AreAnsweredInOrderUntilWordsCome()
    {
        ScriptedChatClient inner = new([Call("c1", "add", ("a", 1), ("b", 2)), Call("c2", "add", ("a", 3), ("b", 4))], [new TextContent("Done.")]);
        using ToolLoopChatClient client = new(inner);

        ChatResponse response = await client.GetResponseAsync("Add!", new ChatOptions { Tools = [_add] });

        Assert.Equal([ChatRole.Assistant, ChatRole.Tool, ChatRole.Assistant], response.Messages.Select(static message => message.Role));
        Assert.Equal(["c1 3", "c2 7"], Results(response));
        Assert.Equal("Done.", response.Messages[^1].Text);
        Assert.Equal(24, response.Usage!.TotalTokenCount);
        Assert.Equal([1, 3], inner.Requests.Select(static request => request.Messages.Count));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_Calls_ShowsEveryRound()
    {
        ScriptedChatClient inner = new([new TextContent("Let me see."), Call("c1", "add", ("a", 1), ("b", 2))], [new TextContent("Do"), new TextContent("ne.")]);
        using ToolLoopChatClient client = new(inner);

        List<ChatResponseUpdate> updates = await client.GetStreamingResponseAsync("Add!", new ChatOptions { Tools = [_add] }).ToListAsync();

        Assert.Equal("Let me see.Done.", string.Concat(updates.Select(static update => update.Text)));
        Assert.Single(updates, static update => update.Role == ChatRole.Tool);
        Assert.Equal(3, updates.ToChatResponse().Messages.Count);
    }

    [Fact]
    public async Task GetResponseAsync_UnknownBrokenAndFailingCalls_BecomeErrorResults()
    {
        FunctionCallContent broken = new("c3", "add") { Exception = new FormatException("The call is malformed.") };
        ScriptedChatClient inner = new([Call("c1", "nope"), Call("c2", "fail"), broken], [new TextContent("Sorry.")]);
        using ToolLoopChatClient client = new(inner);

        ChatResponse response = await client.GetResponseAsync("Go", new ChatOptions { Tools = [_add, _fail] });

        Assert.Equal(
            ["c1 Error: there is no function named 'nope'.", "c2 Error: no luck", "c3 Error: The call is malformed."], Results(response));
        Assert.DoesNotContain("   at ", string.Concat(Results(response)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetResponseAsync_MalformedCallBesideOthers_KeepsThemFromBeingMade()
    {
        ScriptedChatClient inner = new([Call("c1", "add", ("a", 1), ("b", 2)), Malformed("<tool_call>{")], [new TextContent("Sorry.")]);
        using ToolLoopChatClient client = new(inner);

        ChatResponse response = await client.GetResponseAsync("Go", new ChatOptions { Tools = [_add] });

        Assert.Equal(["c1 Error: nothing was called, for another call of the same reply cannot be read: no JSON."], Results(response));
        Assert.Equal("Sorry.", response.Messages[^1].Text);
    }

    [Fact]
    public async Task GetResponseAsync_MalformedCallAlone_EndsTheLoopWithItsText()
    {
        ScriptedChatClient inner = new([Malformed("<tool_call>{")]);
        using ToolLoopChatClient client = new(inner);

        ChatResponse response = await client.GetResponseAsync("Go", new ChatOptions { Tools = [_add] });

        Assert.Equal("<tool_call>{", response.Text);
        Assert.Single(inner.Requests);
    }

    [Fact]
    public async Task GetResponseAsync_EndlessCalls_EndAfterTheLastRoundWithoutCalls()
    {
        ScriptedChatClient inner = new([Call("c", "add", ("a", 1), ("b", 2))]);
        using ToolLoopChatClient client = new(inner, new ToolLoopOptions { MaximumRounds = 3 });

        await client.GetResponseAsync("Go", new ChatOptions { Tools = [_add], ToolMode = ChatToolMode.RequireAny });

        Assert.Equal(
            [ChatToolMode.RequireAny, null, null, ChatToolMode.None], inner.Requests.Select(static request => request.Options!.ToolMode));
    }

    [Fact]
    public async Task GetResponseAsync_Filters_RefuseReplaceAndChangeArguments()
    {
        List<string> seen = [];
        FunctionFilter[] filters =
        [
            (invocation, _) =>
            {
                seen.Add($"{invocation.Call.CallId} {invocation.Round} {invocation.Messages.Count}");
                return ValueTask.FromResult(invocation.Call.CallId == "c1" ? FunctionDecision.Refuse("not today") : FunctionDecision.Proceed);
            },
            (invocation, _) =>
            {
                invocation.Arguments["a"] = 100;
                return ValueTask.FromResult(invocation.Call.CallId == "c2" ? FunctionDecision.Replace("nothing") : FunctionDecision.Proceed);
            },
        ];
        AIContent[] calls = [.. new[] { "c1", "c2", "c3" }.Select(static id => Call(id, "add", ("a", 1), ("b", 2)))];
        using ToolLoopChatClient client = new(new ScriptedChatClient(calls, [new TextContent("ok")]), new ToolLoopOptions { Filters = filters });

        ChatResponse response = await client.GetResponseAsync("Go", new ChatOptions { Tools = [_add] });

        FunctionResultContent[] results = [.. response.Messages[1].Contents.Cast<FunctionResultContent>()];
        Assert.Equal("""{"status": "refused", "reason": "not today"}""", ToolResultText.Of(results[0]));
        Assert.Equal(["nothing", "102"], results[1..].Select(static result => $"{result.Result}"));
        Assert.Equal(["c1 1 2", "c2 1 2", "c3 1 2"], seen);
        Assert.All(calls.Cast<FunctionCallContent>(), static call => Assert.Equal(1, call.Arguments!["a"]));
        Assert.All(response.Messages[0].Contents.Cast<FunctionCallContent>(), static call => Assert.Equal(1, call.Arguments!["a"]));
    }

    [Fact]
    public async Task GetResponseAsync_CallWithoutArguments_IsMade()
    {
        AIFunction function = AIFunctionFactory.Create(static () => "pong", "ping");
        using ToolLoopChatClient client = new(new ScriptedChatClient([new FunctionCallContent("c", "ping")], [new TextContent("ok")]));

        ChatResponse response = await client.GetResponseAsync("Go", new ChatOptions { Tools = [function] });

        Assert.Equal(["c pong"], Results(response));
        Assert.Null(Assert.IsType<FunctionCallContent>(response.Messages[0].Contents[0]).Arguments);
    }

    [Fact]
    public async Task GetResponseAsync_FailingFilter_DoesNotLetTheCallPass()
    {
        bool called = false;
        AIFunction function = AIFunctionFactory.Create(() => called = true, "mark");
        FunctionFilter filter = static (_, _) => throw new TimeoutException("no answer from the policy");
        using ToolLoopChatClient client = new(new ScriptedChatClient([Call("c", "mark")], [new TextContent("ok")]), new ToolLoopOptions { Filters = [filter] });

        ChatResponse response = await client.GetResponseAsync("Go", new ChatOptions { Tools = [function] });

        Assert.False(called);
        Assert.Equal(["c Error: no answer from the policy"], Results(response));
    }

    [Fact]
    public async Task GetResponseAsync_CancelledInsideAFunction_Propagates()
    {
        using CancellationTokenSource source = new();
        AIFunction function = AIFunctionFactory.Create(
            (CancellationToken token) =>
            {
                source.Cancel();
                token.ThrowIfCancellationRequested();
            },
            "stop");
        using ToolLoopChatClient client = new(new ScriptedChatClient([Call("c", "stop")], [new TextContent("ok")]));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.GetResponseAsync("Go", new ChatOptions { Tools = [function] }, source.Token));
    }

    [Fact]
    public async Task GetResponseAsync_Services_ReachTheFunction()
    {
        IServiceProvider services = Mock.Of<IServiceProvider>();
        IServiceProvider? seen = null;
        AIFunction function = AIFunctionFactory.Create((AIFunctionArguments arguments) => { seen = arguments.Services; }, "look");
        using ToolLoopChatClient client = new(
            new ScriptedChatClient([Call("c", "look")], [new TextContent("ok")]), new ToolLoopOptions { Services = services });

        await client.GetResponseAsync("Go", new ChatOptions { Tools = [function] });

        Assert.Same(services, seen);
    }

    [Fact]
    public async Task GetResponseAsync_FunctionOfTheCallers_GoesToTheCaller()
    {
        AIFunction guarded = new ApprovalRequiredAIFunction(_add);
        foreach (AITool tool in new AITool[] { guarded, _add.AsDeclarationOnly() })
        {
            ScriptedChatClient inner = new([Call("c", "add", ("a", 1), ("b", 2))], [new TextContent("never")]);
            using ToolLoopChatClient client = new(inner);

            ChatResponse response = await client.GetResponseAsync("Go", new ChatOptions { Tools = [tool] });

            Assert.IsType<FunctionCallContent>(Assert.Single(Assert.Single(response.Messages).Contents));
            Assert.Single(inner.Requests);
        }
    }

    [Fact]
    public async Task GetResponseAsync_CallersOptionsAndMessages_StayAsTheyWere()
    {
        ChatOptions options = new() { Tools = [_add], ToolMode = ChatToolMode.RequireAny };
        List<ChatMessage> messages = [new(ChatRole.User, "Go")];
        using ToolLoopChatClient client = new(new ScriptedChatClient([Call("c", "add", ("a", 1), ("b", 2))], [new TextContent("ok")]));

        await client.GetResponseAsync(messages, options);

        Assert.Single(messages);
        Assert.Equal(ChatToolMode.RequireAny, options.ToolMode);
    }

    [Fact]
    public async Task GetResponseAsync_EmbeddedModel_PlaysReferenceConversations()
    {
        using ToolLoopChatClient client = new(new LocalChatClient(Atlas.Shared));
        int calls = 0;
        foreach (JsonNode conversation in ConversationGoldens.All)
        {
            ChatOptions options = new() { Tools = ConversationGoldens.Tools(conversation) };
            List<ChatMessage> wanted = ConversationGoldens.Messages(conversation);
            List<ChatMessage> history = [];
            while (history.Count < wanted.Count)
            {
                ChatMessage next = wanted[history.Count];
                history.AddRange(next.Role == ChatRole.Assistant ? (await client.GetResponseAsync(history, options)).Messages : [next]);
            }

            Assert.Equal(wanted.Select(ConversationGoldens.Describe), history.Select(ConversationGoldens.Describe));
            calls += wanted.Count(static message => message.Role == ChatRole.Tool);
        }

        Assert.True(calls > 10);
    }

    [Fact]
    public void Constructor_NoRounds_IsRefused()
    {
        Mock<IChatClient> inner = new();

        Assert.Equal(
            "MaximumRounds",
            Assert.Throws<ArgumentOutOfRangeException>(() => new ToolLoopChatClient(inner.Object, new ToolLoopOptions { MaximumRounds = 0 })).ParamName);
    }

    [Fact]
    public void Dispose_Always_DisposesTheInnerClient()
    {
        ScriptedChatClient inner = new();
        new ToolLoopChatClient(inner).Dispose();

        Assert.True(inner.IsDisposed);
    }

    private static TextContent Malformed(string text) => new(text) { AdditionalProperties = new() { ["ibke.malformed_call"] = "no JSON" } };

    private static FunctionCallContent Call(string id, string name, params (string Name, object? Value)[] arguments) =>
        new(id, name, arguments.ToDictionary(static pair => pair.Name, static pair => pair.Value));

    private static IEnumerable<string> Results(ChatResponse response) => response.Messages.SelectMany(static message => message.Contents)
        .OfType<FunctionResultContent>().Select(static result => $"{result.CallId} {result.Result}");
}
