using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Ibke.SemanticKernel.Tests;

public sealed class ExecutionSettingsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_WithSettings_ReachTheClient(bool streaming)
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("Hello."));
        Kernel kernel = ScriptedKernel.Create(client);
        var settings = new PromptExecutionSettings
        {
            ExtensionData = new Dictionary<string, object>
            {
                ["temperature"] = 0.25,
                ["top_p"] = 0.5,
                ["top_k"] = 7,
                ["seed"] = 42,
                ["max_tokens"] = 9,
                ["frequency_penalty"] = 0.5,
                ["presence_penalty"] = 0.75,
                ["stop_sequences"] = new[] { "END", "." },
                ["response_format"] = "json_object",
                ["min_p"] = 0.125,
            },
        };

        await kernel.AskAsync("Hi", settings, streaming);

        ChatOptions options = Assert.Single(client.Options)!;
        Assert.Equal(0.25f, options.Temperature);
        Assert.Equal(0.5f, options.TopP);
        Assert.Equal(7, options.TopK);
        Assert.Equal(42, options.Seed);
        Assert.Equal(9, options.MaxOutputTokens);
        Assert.Equal(0.5f, options.FrequencyPenalty);
        Assert.Equal(0.75f, options.PresencePenalty);
        Assert.Equal(["END", "."], options.StopSequences);
        Assert.IsType<ChatResponseFormatJson>(options.ResponseFormat);
        Assert.Equal(0.125, options.AdditionalProperties!["min_p"]);
    }

    [Fact]
    public async Task Ask_WithDerivedSettings_ReachTheClient()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("Hello."));

        await ScriptedKernel.Create(client).AskAsync("Hi", new DerivedSettings { Seed = 3, MaxTokens = 5 }, streaming: false);

        ChatOptions options = Assert.Single(client.Options)!;
        Assert.Equal(3, options.Seed);
        Assert.Equal(5, options.MaxOutputTokens);
    }

    [Fact]
    public async Task Ask_WithCloneOfFrozenSettings_ReachTheClient()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("Hello."));
        var settings = new PromptExecutionSettings { ExtensionData = new Dictionary<string, object> { ["seed"] = 11 } };
        settings.Freeze();

        await ScriptedKernel.Create(client).AskAsync("Hi", settings.Clone(), streaming: false);

        Assert.Equal(11, Assert.Single(client.Options)!.Seed);
    }

    [Fact]
    public async Task InvokePrompt_WithArguments_ReachesTheClient()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("Hello."));
        Kernel kernel = ScriptedKernel.Create(client);

        FunctionResult result = await kernel.InvokePromptAsync("Greet {{$name}}", new KernelArguments { ["name"] = "Ada" });

        Assert.Equal("Hello.", result.GetValue<string>());
        Assert.Equal("Greet Ada", Assert.Single(Assert.Single(client.Requests)).Text);
    }

    private sealed class DerivedSettings : PromptExecutionSettings
    {
        [JsonPropertyName("seed")]
        public long Seed { get; init; }

        [JsonPropertyName("max_tokens")]
        public int MaxTokens { get; init; }
    }
}
