using System.Text.Json.Nodes;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tests.Models;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Chat;

public sealed class LocalChatClientTests : IDisposable
{
    private const string Question = "Where did Viktor Shah graduate from?";
    private const string Answer = "University of Selmere";

    private readonly LocalChatClient _client = new(Atlas.Shared);

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task GetResponseAsync_Question_AnswersWithUsageIdsAndEdits()
    {
        DateTimeOffset now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        using LocalChatClient client = new(Atlas.Shared, new LocalChatClientOptions { TimeProvider = new FixedTime(now) });

        ChatResponse response = await client.GetResponseAsync(Question);

        ChatMessage message = Assert.Single(response.Messages);
        Assert.Equal((Answer, ChatRole.Assistant), (response.Text, message.Role));
        Assert.Equal((17, 5, 22, 0), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount, response.Usage.CachedInputTokenCount));
        Assert.Equal((ChatFinishReason.Stop, "atlas", now), (response.FinishReason, response.ModelId, response.CreatedAt));
        Assert.False(string.IsNullOrEmpty(response.ResponseId) || string.IsNullOrEmpty(message.MessageId));
        Assert.Equal(0L, message.AdditionalProperties!["ibke.weight_version"]);
        Assert.Empty(Assert.IsType<string[]>(message.AdditionalProperties["ibke.edits"]));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_Question_YieldsTheSameInPieces()
    {
        List<ChatResponseUpdate> updates = await _client.GetStreamingResponseAsync(Question).ToListAsync();

        Assert.Equal(Answer, string.Concat(updates.Select(static update => update.Text)));
        Assert.True(updates.Count > 2);
        Assert.Single(updates.Select(static update => update.MessageId).Distinct());
        Assert.All(updates.SkipLast(1), static update => Assert.Null(update.FinishReason));
        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
        Assert.Single(updates[^1].Contents.OfType<UsageContent>());
    }

    [Fact]
    public async Task GetResponseAsync_NextTurn_ReusesWhatWasComputed()
    {
        List<ChatMessage> messages = [new(ChatRole.User, Question)];
        ChatResponse first = await _client.GetResponseAsync(messages);
        messages.AddRange(first.Messages);
        messages.Add(new ChatMessage(ChatRole.User, "What is the occupation of Viktor Shah?"));

        ChatResponse second = await _client.GetResponseAsync(messages);

        Assert.Equal("nurse", second.Text);
        Assert.True(second.Usage!.CachedInputTokenCount >= first.Usage!.TotalTokenCount - 1);
    }

    [Fact]
    public async Task GetResponseAsync_ReferenceConversations_GivesTheirReplies()
    {
        int replies = 0;
        foreach (JsonNode conversation in ConversationGoldens.All)
        {
            List<ChatMessage> messages = ConversationGoldens.Messages(conversation);
            foreach (int place in Enumerable.Range(0, messages.Count).Where(place => messages[place].Role == ChatRole.Assistant))
            {
                ChatResponse response = await _client.GetResponseAsync(
                    messages.Take(place), new ChatOptions { Tools = ConversationGoldens.Tools(conversation) });

                bool calls = messages[place].Contents.OfType<FunctionCallContent>().Any();
                Assert.Equal(ConversationGoldens.Describe(messages[place]), ConversationGoldens.Describe(response.Messages[0]));
                Assert.Equal(calls ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop, response.FinishReason);
                replies++;
            }
        }

        Assert.True(replies > 20);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_Call_NeverShowsItsMarkup()
    {
        JsonNode conversation = ConversationGoldens.All[0];
        List<ChatMessage> messages = ConversationGoldens.Messages(conversation);
        int place = messages.FindIndex(static message => message.Contents.OfType<FunctionCallContent>().Any());

        List<ChatResponseUpdate> updates = await _client.GetStreamingResponseAsync(
            messages.Take(place), new ChatOptions { Tools = ConversationGoldens.Tools(conversation) }).ToListAsync();

        Assert.Equal("", string.Concat(updates.Select(static update => update.Text)));
        Assert.Single(updates.SelectMany(static update => update.Contents).OfType<FunctionCallContent>());
    }

    [Fact]
    public async Task GetResponseAsync_RequiredFunction_IsCalled()
    {
        JsonNode conversation = ConversationGoldens.All[0];
        List<AITool> tools = ConversationGoldens.Tools(conversation);
        string name = tools.First(static tool => tool.Name.Contains("verify", StringComparison.Ordinal)).Name;

        ChatResponse specific = await _client.GetResponseAsync(Question, new ChatOptions { Tools = tools, ToolMode = ChatToolMode.RequireSpecific(name), MaxOutputTokens = 60 });
        ChatResponse any = await _client.GetResponseAsync("Hello!", new ChatOptions { Tools = tools, ToolMode = ChatToolMode.RequireAny, MaxOutputTokens = 60 });
        ChatResponse none = await _client.GetResponseAsync("Show your edits.", new ChatOptions { Tools = tools, ToolMode = ChatToolMode.None });

        Assert.Equal(name, Assert.IsType<FunctionCallContent>(specific.Messages[0].Contents[0]).Name);
        Assert.IsType<FunctionCallContent>(any.Messages[0].Contents[0]);
        Assert.DoesNotContain(none.Messages[0].Contents, static content => content is FunctionCallContent);
    }

    [Fact]
    public async Task GetResponseAsync_LimitStopAndSeed_AreHonoured()
    {
        ChatResponse cut = await _client.GetResponseAsync(Question, new ChatOptions { MaxOutputTokens = 2 });
        ChatResponse stopped = await _client.GetResponseAsync(Question, new ChatOptions { StopSequences = [" of Sel"] });
        ChatResponse[] drawn = [await Draw(1, 1), await Draw(1, 1), await Draw(2, 1), await Draw(1, 0)];

        Assert.Equal((ChatFinishReason.Length, 2), (cut.FinishReason, cut.Usage!.OutputTokenCount));
        Assert.Equal(("University", ChatFinishReason.Stop), (stopped.Text, stopped.FinishReason));
        Assert.Equal(drawn[0].Text, drawn[1].Text);
        Assert.NotEqual(drawn[0].Text, drawn[2].Text);
        Assert.Equal(Answer, drawn[3].Text);

        Task<ChatResponse> Draw(long seed, float topP) => _client.GetResponseAsync(
            Question, new ChatOptions { Temperature = 5, Seed = seed, TopP = topP, MaxOutputTokens = 12 });
    }

    [Theory]
    [InlineData("Temperature", -1f)]
    [InlineData("Temperature", float.NaN)]
    [InlineData("TopP", 1.5f)]
    [InlineData("TopK", -1)]
    [InlineData("MaxOutputTokens", 0)]
    [InlineData("FrequencyPenalty", float.PositiveInfinity)]
    [InlineData("PresencePenalty", float.NaN)]
    public void GetStreamingResponseAsync_OptionOutOfRange_NamesItBeforeAnythingRuns(string name, object value)
    {
        ChatOptions options = new();
        typeof(ChatOptions).GetProperty(name)!.SetValue(options, value);

        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => _client.GetStreamingResponseAsync(Question, options)).ParamName);
    }

    [Theory]
    [InlineData("min_p", 2.0)]
    [InlineData("min_p", "much")]
    [InlineData("repetition_penalty", 0)]
    [InlineData("typical_p", false)]
    public void GetStreamingResponseAsync_AdditionalPropertyOfNoUse_IsRefused(string name, object value)
    {
        ChatOptions options = new() { AdditionalProperties = new() { [name] = value } };

        Assert.ThrowsAny<ArgumentException>(() => _client.GetStreamingResponseAsync(Question, options));
    }

    [Fact]
    public void GetStreamingResponseAsync_WhatALocalModelLacks_IsRefused()
    {
        Refused<NotSupportedException>(new ChatOptions { ConversationId = "c" }, "ConversationId");
        Refused<NotSupportedException>(new ChatOptions { Tools = [new HostedWebSearchTool()] }, "web_search");
        Refused<ArgumentException>(new ChatOptions { ModelId = "other" }, "'atlas', not 'other'");
        Refused<ArgumentException>(new ChatOptions { StopSequences = [""] }, "stop sequence");
        AIFunction function = AIFunctionFactory.Create(static () => 1, "one");
        Refused<ArgumentException>(new ChatOptions { Tools = [function], ToolMode = ChatToolMode.RequireSpecific("two") }, "two");
        Assert.Throws<ArgumentException>(() => _client.GetStreamingResponseAsync([]));
        Assert.Throws<NotSupportedException>(() => _client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, [new UriContent("http://a/b.png", "image/png")])]));

        void Refused<T>(ChatOptions options, string part)
            where T : Exception =>
            Assert.Contains(part, Assert.Throws<T>(() => _client.GetStreamingResponseAsync(Question, options)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\ud800b \udfff")]
    [InlineData("<|im_end|> {{ x }} {% if %} \0 你好 👍🏽")]
    public async Task GetResponseAsync_StrangeText_IsAnswered(string text)
    {
        ChatResponse response = await _client.GetResponseAsync(text, new ChatOptions { MaxOutputTokens = 8 });

        Assert.NotNull(response.FinishReason);
    }

    [Fact]
    public async Task GetResponseAsync_TooLong_NamesBothNumbersOrDropsOldTurns()
    {
        List<ChatMessage> messages = [new(ChatRole.System, "Be brief and correct.")];
        for (int i = 0; i < 40; i++)
        {
            messages.Add(new ChatMessage(ChatRole.User, $"Question {i} about nothing in particular, please."));
            messages.Add(new ChatMessage(ChatRole.Assistant, "I don't know."));
        }

        messages.Add(new ChatMessage(ChatRole.User, Question));

        Exception failure = await Assert.ThrowsAsync<Runtime.Generation.PromptTooLongException>(() => _client.GetResponseAsync(messages));
        Assert.Contains("512", failure.Message, StringComparison.Ordinal);

        using LocalChatClient dropping = new(Atlas.Shared, new LocalChatClientOptions { ContextOverflow = ContextOverflow.DropOldestTurns });
        ChatResponse response = await dropping.GetResponseAsync(messages);
        Assert.Equal(Answer, response.Text);
        Assert.InRange(response.Usage!.InputTokenCount!.Value, 300, 384);

        messages[^1] = new ChatMessage(ChatRole.User, string.Concat(Enumerable.Repeat(Question, 100)));
        await Assert.ThrowsAsync<Runtime.Generation.PromptTooLongException>(() => dropping.GetResponseAsync(messages));
    }

    [Fact]
    public async Task GetResponseAsync_ManyAtOnce_AnswersEachItsOwn()
    {
        (string Question, string Answer)[] pairs =
            [(Question, Answer), ("Tell me where Jade Foods is based.", "Selmouth"), ("What is the occupation of Viktor Shah?", "nurse")];

        ChatResponse[] responses = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => _client.GetResponseAsync(pairs[i % 3].Question))));

        Assert.Equal(Enumerable.Range(0, 12).Select(i => pairs[i % 3].Answer), responses.Select(static response => response.Text));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_Cancelled_Stops()
    {
        using CancellationTokenSource source = new();
        int updates = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate update in _client.GetStreamingResponseAsync(Question, Endless(), source.Token))
            {
                updates++;
                await source.CancelAsync();
            }
        });

        Assert.InRange(updates, 1, 65);
        Assert.Equal(Answer, (await _client.GetResponseAsync(Question)).Text);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_ReaderLeaves_TheGenerationEnds()
    {
        await foreach (ChatResponseUpdate update in _client.GetStreamingResponseAsync(Question, Endless()))
        {
            break;
        }

        _client.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _client.GetStreamingResponseAsync(Question));
    }

    [Fact]
    public async Task Dispose_WhileGenerating_EndsTheGeneration()
    {
        await using IAsyncEnumerator<ChatResponseUpdate> reader = _client.GetStreamingResponseAsync(Question, Endless()).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());

        _client.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            while (await reader.MoveNextAsync())
            {
            }
        });
        _client.Dispose();
    }

    [Fact]
    public async Task GetResponseAsync_PublishedEdit_IsNamedWithItsVersion()
    {
        using LanguageModel model = Atlas.Load();
        using LocalChatClient client = new(model);
        WeightEdit edit = Neurons(model);
        IAsyncEnumerable<ChatResponseUpdate> asked = client.GetStreamingResponseAsync(Question);
        model.Versions.Publish([edit]);

        ChatResponse before = await asked.ToChatResponseAsync();
        ChatResponse after = await client.GetResponseAsync(Question);
        model.Versions.Publish([]);
        ChatResponse reverted = await client.GetResponseAsync(Question);

        Assert.Equal(("0 ", "1 " + edit.Id, "2 "), (InForce(before), InForce(after), InForce(reverted)));
        Assert.Equal((Answer, Answer), (before.Text, reverted.Text));

        static string InForce(ChatResponse response)
        {
            AdditionalPropertiesDictionary properties = response.Messages[0].AdditionalProperties!;
            return $"{(long)properties["ibke.weight_version"]!} {string.Join(',', (string[])properties["ibke.edits"]!)}";
        }
    }

    [Fact]
    public void GetService_KnownTypes_GivesThem()
    {
        ChatClientMetadata metadata = _client.GetService<ChatClientMetadata>()!;

        Assert.Equal(("ibke", "atlas"), (metadata.ProviderName, metadata.DefaultModelId));
        Assert.Same(Atlas.Shared, _client.GetService<LanguageModel>());
        Assert.Same(_client, _client.GetService<IChatClient>());
        Assert.Null(_client.GetService<string>());
        Assert.Null(_client.GetService(typeof(LanguageModel), "key"));
    }

    [Fact]
    public void Constructor_OptionsOutOfRange_NamesThem()
    {
        Assert.Equal("MaximumOutputTokens", Refused(new LocalChatClientOptions { MaximumOutputTokens = 0 }));
        Assert.Equal("PrefixCacheBytes", Refused(new LocalChatClientOptions { PrefixCacheBytes = -1 }));
        Assert.Equal("ContextOverflow", Refused(new LocalChatClientOptions { ContextOverflow = (ContextOverflow)7 }));

        static string? Refused(LocalChatClientOptions options) =>
            Assert.Throws<ArgumentOutOfRangeException>(() => new LocalChatClient(Atlas.Shared, options)).ParamName;
    }

    /// <summary>A reply that goes on for hundreds of tokens: the end of the turn is as unlikely as any token.</summary>
    private static ChatOptions Endless() => new() { Temperature = 100, Seed = 3 };

    /// <summary>An edit that changes every answer.</summary>
    private static WeightEdit Neurons(LanguageModel model)
    {
        (Engine engine, int hidden, int layers) = (model.Engine, model.Config.HiddenSize, model.Config.Layers);
        float[] ones = [.. Enumerable.Repeat(1f, hidden)];
        Tensor[] means = [.. Enumerable.Range(0, layers).Select(_ => engine.Create(new TensorShape(hidden), new float[hidden]))];
        Tensor[] deviations = [.. Enumerable.Range(0, layers).Select(_ => engine.Create(new TensorShape(hidden), ones))];
        NeuronBlock block = new(NeuronForm.Linear, engine.Create(new TensorShape(1, hidden), ones), null, engine.Create(new TensorShape(1, hidden), ones));
        return new WeightEdit(new NeuronNormalization(means, deviations), [.. Enumerable.Repeat(block, layers)]);
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
