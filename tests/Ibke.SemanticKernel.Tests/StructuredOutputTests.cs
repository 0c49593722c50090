using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Ibke.SemanticKernel.Tests;

/// <summary>JSON of a given form, and required calls, from the embedded model through a kernel.</summary>
public sealed class StructuredOutputTests : IDisposable
{
    private const string Question = "Who is the CEO of Clear Energy?";

    private readonly Kernel _kernel = Kernel.CreateBuilder().AddIbkeChatCompletion(AtlasModel.Folder).Build();

    public enum Certainty
    {
        Low,
        High,
    }

    public void Dispose() => ((ServiceProvider)_kernel.Services).Dispose();

    [Fact]
    public async Task GetResponse_OfAType_IsOne()
    {
        ChatResponse<Reply> response = await _kernel.GetRequiredService<IChatClient>().GetResponseAsync<Reply>(
            Question, new ChatOptions { MaxOutputTokens = 150 });

        Assert.NotNull(response.Result.Name);
        Assert.True(Enum.IsDefined(response.Result.Certainty));
        Assert.NotNull(response.Result.Sources);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_SchemaInTheSettings_RepliesInThatForm(bool streaming)
    {
        string text = await _kernel.AskAsync(Question, Settings(AIJsonUtilities.CreateJsonSchema(typeof(Reply))), streaming);

        Assert.NotNull(JsonSerializer.Deserialize<Reply>(text, AIJsonUtilities.DefaultOptions)!.Name);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_JsonObjectInTheSettings_RepliesWithOne(bool streaming)
    {
        string text = await _kernel.AskAsync(Question, Settings("json_object"), streaming);

        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(text).ValueKind);
    }

    [Fact]
    public async Task InvokePrompt_SchemaInTheArguments_RepliesInThatForm()
    {
        FunctionResult result = await _kernel.InvokePromptAsync(
            "Who is the CEO of {{$company}}?", new KernelArguments(Settings(AIJsonUtilities.CreateJsonSchema(typeof(Reply)))) { ["company"] = "Clear Energy" });

        Assert.NotNull(JsonSerializer.Deserialize<Reply>(result.GetValue<string>()!, AIJsonUtilities.DefaultOptions));
    }

    [Fact]
    public async Task Ask_SchemaOutsideTheSubset_NamesTheKeyword()
    {
        Exception failure = await Assert.ThrowsAnyAsync<Exception>(
            () => _kernel.AskAsync(Question, Settings(JsonElement.Parse("""{"type": "string", "not": {"const": "a"}}""")), streaming: false));

        Assert.Contains("'not'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_FunctionRequired_IsCalledWithArgumentsOfItsSchema(bool streaming)
    {
        List<string> calls = [];
        KernelFunction forecast = KernelFunctionFactory.CreateFromMethod(
            (string city, bool brief) => calls.Add(city + brief), "forecast", "The weather of the next days.");
        _kernel.Plugins.AddFromFunctions("Weather", [forecast]);
        PromptExecutionSettings settings = new()
        {
            FunctionChoiceBehavior = FunctionChoiceBehavior.Required(_kernel.Plugins["Weather"]),
            ExtensionData = new Dictionary<string, object> { ["max_tokens"] = 60 },
        };

        await _kernel.AskAsync(Question, settings, streaming);

        Assert.NotEmpty(calls);
    }

    [Fact]
    public async Task Ask_FunctionTakesAnEnum_IsCalledWithOne()
    {
        List<Certainty> given = [];
        KernelFunction rate = KernelFunctionFactory.CreateFromMethod((Certainty certainty) => given.Add(certainty), "rate");
        _kernel.Plugins.AddFromFunctions("Facts", [rate]);
        PromptExecutionSettings settings = new()
        {
            FunctionChoiceBehavior = FunctionChoiceBehavior.Required(_kernel.Plugins["Facts"]),
            ExtensionData = new Dictionary<string, object> { ["max_tokens"] = 60 },
        };

        await _kernel.AskAsync(Question, settings, streaming: false);

        Assert.NotEmpty(given);
    }

    [Fact]
    public async Task Ask_OneFunctionRequiredNotInvoked_ReturnsItsCall()
    {
        KernelFunction time = KernelFunctionFactory.CreateFromMethod(() => "12:00", "time");
        _kernel.Plugins.AddFromFunctions("Clock", [time, KernelFunctionFactory.CreateFromMethod(() => "Monday", "day")]);
        PromptExecutionSettings settings = new()
        {
            FunctionChoiceBehavior = FunctionChoiceBehavior.Required([_kernel.Plugins["Clock"]["time"]], autoInvoke: false),
            ExtensionData = new Dictionary<string, object> { ["max_tokens"] = 60 },
        };

        ChatMessageContent message = await _kernel.GetRequiredService<IChatCompletionService>().GetChatMessageContentAsync(Question, settings, _kernel);

        Microsoft.SemanticKernel.FunctionCallContent[] calls = [.. Microsoft.SemanticKernel.FunctionCallContent.GetFunctionCalls(message)];
        Assert.NotEmpty(calls);
        Assert.All(calls, call => Assert.Equal("time", call.FunctionName?.Split('_')[^1]));
        Assert.All(calls, call => Assert.Empty(call.Arguments ?? []));
    }

    private static PromptExecutionSettings Settings(object format) => new()
    {
        ExtensionData = new Dictionary<string, object> { ["response_format"] = format, ["max_tokens"] = 150, ["temperature"] = 0 },
    };

    public sealed record Reply(string Name, Certainty Certainty, List<string> Sources, DateTime? Since);
}
