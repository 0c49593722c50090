using Ibke.Runtime.Chat;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Tests.Models;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Generation;

public sealed class LogProbabilityTests
{
    private const string Question = "Where did Viktor Shah graduate from?";

    [Fact]
    public void Generate_Asked_GivesTheModelsOwnDistribution()
    {
        using TextGenerator generator = new(Atlas.Shared);
        IReadOnlyList<int> prompt = Atlas.Shared.Tokenizer.Encode(Atlas.Prompt(Question));

        GenerationStep[] steps = [.. generator.Generate(prompt, new GenerationOptions { LogProbabilities = 3 })];

        TextScorer scorer = new(Atlas.Shared);
        int[] ids = [.. prompt, .. steps.Select(step => step.TokenId)];
        double loss = scorer.MeanLoss(ids, prompt.Count);
        Assert.Equal(-loss, steps.Average(step => step.LogProbability!.LogProbability), 1e-4);
        foreach (GenerationStep step in steps)
        {
            TokenLogProbability chosen = step.LogProbability!;
            Assert.Equal(step.TokenId, chosen.TokenId);
            Assert.Equal(3, chosen.Top.Count);
            Assert.Equal((chosen.TokenId, chosen.LogProbability, chosen.Text), (chosen.Top[0].TokenId, chosen.Top[0].LogProbability, chosen.Top[0].Text));
            Assert.True(chosen.Top[0].LogProbability >= chosen.Top[1].LogProbability && chosen.Top[1].LogProbability >= chosen.Top[2].LogProbability);
        }
    }

    [Fact]
    public void Generate_BiasTemperatureAndPenalties_DoNotChangeThem()
    {
        using TextGenerator generator = new(Atlas.Shared);
        IReadOnlyList<int> prompt = Atlas.Shared.Tokenizer.Encode(Atlas.Prompt(Question));
        GenerationStep plain = generator.Generate(prompt, new GenerationOptions { LogProbabilities = 0 }).First();
        GenerationOptions other = new()
        {
            LogProbabilities = 1, Temperature = 3, Seed = 5, RepetitionPenalty = 2, LogitBias = new Dictionary<int, float> { [plain.TokenId] = float.NegativeInfinity },
        };

        GenerationStep changed = generator.Generate(prompt, other).First();

        Assert.Empty(plain.LogProbability!.Top);
        Assert.NotEqual(plain.TokenId, changed.TokenId);
        Assert.Equal(plain.TokenId, changed.LogProbability!.Top[0].TokenId);
        Assert.Equal(plain.LogProbability.LogProbability, changed.LogProbability.Top[0].LogProbability, 1e-5);
        Assert.Null(generator.Generate(prompt, new GenerationOptions()).First().LogProbability);
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Generate(prompt, new GenerationOptions { LogProbabilities = 21 }));
    }

    [Fact]
    public async Task GetResponseAsync_Logprobs_AreOnUpdatesAndTheMessage()
    {
        using LocalChatClient client = new(Atlas.Shared);
        ChatOptions options = new() { AdditionalProperties = new() { ["logprobs"] = true, ["top_logprobs"] = 2 } };

        ChatResponse response = await client.GetResponseAsync(Question, options);
        List<ChatResponseUpdate> updates = await client.GetStreamingResponseAsync(Question, options).ToListAsync();
        ChatResponse silent = await client.GetResponseAsync(Question);

        TokenLogProbability[] all = Assert.IsType<TokenLogProbability[]>(response.Messages[0].AdditionalProperties!["ibke.logprobs"]);
        Assert.Equal(response.Usage!.OutputTokenCount, all.Length);
        Assert.Equal(response.Text, string.Concat(all.SkipLast(1).Select(token => token.Text)));
        Assert.All(all, token => Assert.Equal(2, token.Top.Count));
        Assert.Equal(
            all.SkipLast(1).Select(token => token.TokenId),
            updates.SkipLast(1).SelectMany(update => Assert.IsType<TokenLogProbability[]>(update.AdditionalProperties!["ibke.logprobs"])).Select(token => token.TokenId));
        Assert.False(silent.Messages[0].AdditionalProperties!.ContainsKey("ibke.logprobs"));
    }

    [Theory]
    [InlineData("logprobs", "yes")]
    [InlineData("top_logprobs", 3)]
    public void GetStreamingResponseAsync_UselessLogprobs_AreRefused(string name, object value)
    {
        using LocalChatClient client = new(Atlas.Shared);

        Assert.ThrowsAny<ArgumentException>(() => client.GetStreamingResponseAsync(Question, new ChatOptions { AdditionalProperties = new() { [name] = value } }));
    }
}
