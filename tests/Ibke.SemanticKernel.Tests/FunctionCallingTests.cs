using System.ComponentModel;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using FunctionResultContent = Microsoft.Extensions.AI.FunctionResultContent;

namespace Ibke.SemanticKernel.Tests;

public sealed class FunctionCallingTests
{
    private static readonly PromptExecutionSettings Auto = new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };

    private readonly List<string> _calls = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_Auto_AdvertisesInvokesAndAnswers(bool streaming)
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("Clock_time_in", ("city", "Oslo")), ScriptedChatClient.Text("Noon."));
        Kernel kernel = WithClock(client);

        string answer = await kernel.AskAsync("What time is it in Oslo?", Auto, streaming);

        Assert.Equal("Noon.", answer);
        Assert.Equal(["time_in Oslo"], _calls);
        ChatOptions options = client.Options[0]!;
        Assert.Equal(ChatToolMode.Auto, options.ToolMode);
        AIFunction tool = Assert.Single(options.Tools!.OfType<AIFunction>());
        Assert.Equal("Clock_time_in", tool.Name);
        Assert.Equal("Tells the time in a city.", tool.Description);
        Assert.True(tool.JsonSchema.GetProperty("properties").TryGetProperty("city", out _));
        Assert.Equal("12:00 in Oslo", Result(client.Requests[1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_None_AdvertisesAndInvokesNothing(bool streaming)
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("I may not call."));
        var none = new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.None() };

        await WithClock(client).AskAsync("What time is it in Oslo?", none, streaming);

        Assert.Equal(ChatToolMode.None, client.Options[0]!.ToolMode);
        Assert.Single(client.Options[0]!.Tools!);
        Assert.Empty(_calls);
    }

    [Fact]
    public async Task Ask_Required_IsRequiredInTheFirstRoundOnly()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("Clock_time_in", ("city", "Oslo")), ScriptedChatClient.Text("Noon."));
        var required = new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Required() };

        await WithClock(client).AskAsync("What time is it in Oslo?", required, streaming: false);

        Assert.Equal(ChatToolMode.RequireAny, client.Options[0]!.ToolMode);
        Assert.Null(client.Options[1]!.ToolMode);
    }

    [Fact]
    public async Task Ask_AutoWithoutInvocation_ReturnsTheCall()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("Clock_time_in", ("city", "Oslo")));
        var settings = new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(autoInvoke: false) };
        Kernel kernel = WithClock(client);

        ChatMessageContent message = await kernel.GetRequiredService<IChatCompletionService>()
            .GetChatMessageContentAsync("What time is it in Oslo?", settings, kernel);

        var call = Assert.Single(message.Items.OfType<Microsoft.SemanticKernel.FunctionCallContent>());
        Assert.EndsWith("time_in", call.FunctionName);
        Assert.NotEmpty(call.Id!);
        Assert.Empty(_calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_SeveralCallsInOneTurn_AnswersEach(bool streaming)
    {
        IReadOnlyList<AIContent> both =
            [.. ScriptedChatClient.Call("Clock_time_in", ("city", "Oslo")), .. ScriptedChatClient.Call("Clock_time_in", ("city", "Lima"))];
        var client = new ScriptedChatClient(both, ScriptedChatClient.Text("Noon in both."));

        await WithClock(client).AskAsync("What time is it?", Auto, streaming);

        Assert.Equal(["time_in Oslo", "time_in Lima"], _calls);
        FunctionResultContent[] results = [.. client.Requests[1].SelectMany(m => m.Contents).OfType<FunctionResultContent>()];
        Assert.Equal(["12:00 in Oslo", "12:00 in Lima"], results.Select(r => r.Result?.ToString()));
        Assert.Equal(both.OfType<Microsoft.Extensions.AI.FunctionCallContent>().Select(c => c.CallId), results.Select(r => r.CallId));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_FilterBlocks_FunctionIsNotCalledAndModelIsTold(bool streaming)
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("Clock_time_in", ("city", "Oslo")), ScriptedChatClient.Text("Not allowed."));
        Kernel kernel = WithClock(client);
        kernel.AutoFunctionInvocationFilters.Add(new Block("not allowed"));

        string answer = await kernel.AskAsync("What time is it in Oslo?", Auto, streaming);

        Assert.Empty(_calls);
        Assert.Equal("Not allowed.", answer);
        Assert.Equal("not allowed", Result(client.Requests[1]));
    }

    [Fact]
    public async Task Ask_FilterTerminates_EndsTheRounds()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("Clock_time_in", ("city", "Oslo")));
        Kernel kernel = WithClock(client);
        kernel.AutoFunctionInvocationFilters.Add(new Block("enough", terminate: true));

        await kernel.AskAsync("What time is it in Oslo?", Auto, streaming: false);

        Assert.Single(client.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_ModelNeverStopsCalling_RoundsAreLimited(bool streaming)
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("Clock_time_in", ("city", "Oslo")));

        await WithClock(client).AskAsync("What time is it in Oslo?", Auto, streaming);

        Assert.InRange(_calls.Count, 1, 8);
        Assert.InRange(client.Requests.Count, 2, 9);
    }

    [Fact]
    public async Task Ask_FunctionFails_ModelIsToldAndAnswers()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("Clock_time_in", ("city", "Atlantis")), ScriptedChatClient.Text("No such city."));

        string answer = await WithClock(client).AskAsync("What time is it in Atlantis?", Auto, streaming: false);

        Assert.Equal("No such city.", answer);
        Assert.Contains("Error", Result(client.Requests[1]));
    }

    [Fact]
    public async Task Ask_UnknownFunction_ModelIsTold()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("Clock_date_in", ("city", "Oslo")), ScriptedChatClient.Text("I cannot."));

        string answer = await WithClock(client).AskAsync("What day is it in Oslo?", Auto, streaming: false);

        Assert.Equal("I cannot.", answer);
        Assert.Contains("not found", Result(client.Requests[1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_MalformedCall_IsAnAnswerInWords(bool streaming)
    {
        const string Broken = "<tool_call>{\"name\": \"Clock_time_in\", ";
        var text = new Microsoft.Extensions.AI.TextContent(Broken) { AdditionalProperties = new() { ["ibke.malformed_call"] = "the reply ended inside it" } };
        var client = new ScriptedChatClient([text]);

        string answer = await WithClock(client).AskAsync("What time is it in Oslo?", Auto, streaming);

        Assert.Equal(Broken, answer);
        Assert.Empty(_calls);
        Assert.Single(client.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_CancelledInAFunction_Throws(bool streaming)
    {
        using var cancellation = new CancellationTokenSource();
        var client = new ScriptedChatClient(ScriptedChatClient.Call("Clock_time_in", ("city", "Oslo")), ScriptedChatClient.Text("Noon."));
        Kernel kernel = ScriptedKernel.Create(client);
        kernel.ImportPluginFromFunctions("Clock", [KernelFunctionFactory.CreateFromMethod((string city) => cancellation.Cancel(), "time_in")]);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => kernel.AskAsync("What time is it in Oslo?", Auto, streaming, cancellation: cancellation.Token));
    }

    private static string? Result(IEnumerable<ChatMessage> messages) =>
        Assert.Single(messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>()).Result?.ToString();

    private Kernel WithClock(ScriptedChatClient client)
    {
        Kernel kernel = ScriptedKernel.Create(client);
        kernel.ImportPluginFromFunctions("Clock", [KernelFunctionFactory.CreateFromMethod(TimeIn, "time_in", "Tells the time in a city.")]);
        return kernel;
    }

    private string TimeIn([Description("The city.")] string city)
    {
        _calls.Add($"time_in {city}");
        return city == "Atlantis" ? throw new InvalidOperationException("no such city") : $"12:00 in {city}";
    }

    private sealed class Block(string result, bool terminate = false) : IAutoFunctionInvocationFilter
    {
        public Task OnAutoFunctionInvocationAsync(AutoFunctionInvocationContext context, Func<AutoFunctionInvocationContext, Task> next)
        {
            context.Result = new FunctionResult(context.Function, result);
            context.Terminate = terminate;
            return Task.CompletedTask;
        }
    }
}
