using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Ibke.SemanticKernel.Tests;

public sealed class IbkePromptExecutionSettingsTests
{
    private static IbkePromptExecutionSettings Full => new()
    {
        ServiceId = "local", ModelId = "atlas", Temperature = 0.25, TopP = 0.5, TopK = 7, MinP = 0.125, RepetitionPenalty = 1.25, FrequencyPenalty = 0.5,
        PresencePenalty = 0.75, Seed = 42, MaxTokens = 9, StopSequences = ["END", "."], ResponseFormat = "json_object",
        ExtensionData = new Dictionary<string, object> { ["typical_p"] = 0.5 },
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_AllSettings_ReachTheClient(bool streaming)
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("Hello."));

        await ScriptedKernel.Create(client).AskAsync("Hi", Full, streaming);

        ChatOptions options = Assert.Single(client.Options)!;
        Assert.Equal((0.25f, 0.5f, 7, 42L, 9), (options.Temperature, options.TopP, options.TopK, options.Seed, options.MaxOutputTokens));
        Assert.Equal((0.5f, 0.75f), (options.FrequencyPenalty, options.PresencePenalty));
        Assert.Equal(["END", "."], options.StopSequences);
        Assert.IsType<ChatResponseFormatJson>(options.ResponseFormat);
        Assert.Equal("0.125", options.AdditionalProperties!["min_p"]!.ToString());
        Assert.Equal("1.25", options.AdditionalProperties["repetition_penalty"]!.ToString());
    }

    [Fact]
    public async Task Ask_NothingSet_LeavesAllToTheModel()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("Hello."));

        await ScriptedKernel.Create(client).AskAsync("Hi", new IbkePromptExecutionSettings(), streaming: false);

        ChatOptions options = Assert.Single(client.Options)!;
        Assert.Null(options.Temperature);
        Assert.Null(options.MaxOutputTokens);
        Assert.Null(options.StopSequences);
    }

    [Fact]
    public void Json_RoundTrip_KeepsEverything()
    {
        IbkePromptExecutionSettings read = JsonSerializer.Deserialize<IbkePromptExecutionSettings>(JsonSerializer.Serialize(Full))!;

        Assert.Equal(JsonSerializer.Serialize(Full), JsonSerializer.Serialize(read));
        Assert.Equal((0.25, 42L, 9), (read.Temperature, read.Seed, read.MaxTokens));
        Assert.Equal("0.5", read.ExtensionData!["typical_p"].ToString());
    }

    [Fact]
    public void From_OtherSettings_ReadsTheKeysOfTheSameNames()
    {
        PromptExecutionSettings other = new() { ServiceId = "s", ExtensionData = new Dictionary<string, object> { ["temperature"] = 0.5, ["seed"] = "3", ["unknown"] = true } };

        IbkePromptExecutionSettings read = IbkePromptExecutionSettings.From(other);

        Assert.Equal(("s", 0.5, 3L), (read.ServiceId, read.Temperature, read.Seed));
        Assert.True(read.ExtensionData!.ContainsKey("unknown"));
        Assert.Same(read, IbkePromptExecutionSettings.From(read));
        Assert.Null(IbkePromptExecutionSettings.From(null).Temperature);
    }

    [Fact]
    public void Clone_OfFrozen_IsEqualAndFree()
    {
        IbkePromptExecutionSettings settings = Full;
        settings.Freeze();

        var clone = (IbkePromptExecutionSettings)settings.Clone();
        clone.Temperature = 1;
        clone.StopSequences!.Add("more");

        Assert.Equal(0.25, settings.Temperature);
        Assert.Equal(2, settings.StopSequences!.Count);
        Assert.Equal("local", clone.ServiceId);
    }

    [Fact]
    public void Freeze_Twice_EverySetterThrows()
    {
        IbkePromptExecutionSettings settings = Full;
        settings.Freeze();
        settings.Freeze();

        Action[] changes =
        [
            () => settings.Temperature = 1, () => settings.TopP = 1, () => settings.TopK = 1, () => settings.MinP = 1, () => settings.RepetitionPenalty = 1,
            () => settings.FrequencyPenalty = 1, () => settings.PresencePenalty = 1, () => settings.Seed = 1, () => settings.MaxTokens = 1,
            () => settings.StopSequences = [], () => settings.ResponseFormat = "text", () => settings.ModelId = "m",
        ];
        Assert.All(changes, change => Assert.Throws<InvalidOperationException>(change));
        Assert.ThrowsAny<NotSupportedException>(() => settings.StopSequences!.Add("x"));
    }
}
