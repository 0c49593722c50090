using Ibke.Runtime.Chat;
using Ibke.Runtime.Knowledge.AnswerChecks;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Tests.Chat;
using Ibke.Runtime.Tests.Knowledge.Service;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Knowledge.AnswerChecks;

public sealed class AnswerCheckChatClientTests
{
    private const string Question = "Who leads Jade Foods?";

    private static SourcedFact Zora { get; } = new("Zora Palmer", "directory", new DateOnly(2026, 3, 1));

    [Theory]
    [InlineData("Zora Palmer", false)]
    [InlineData("It is ZORA  PALMER, since March.", false)]
    [InlineData("Ivo Lang", true)]
    [InlineData("Zora Palmerston", true)]
    [InlineData("I don't know.", true)]
    public async Task GetResponseAsync_SourceKnows_MarksARepliesThatDoesNotSaySo(string reply, bool stale)
    {
        using AnswerCheckChatClient client = Client(reply, (_, _) => Task.FromResult<SourcedFact?>(Zora));

        ChatResponse response = await client.GetResponseAsync(Question);

        Assert.Equal(reply, response.Text);
        Assert.Equal(stale ? new StaleAnswer(Question, reply, Zora) : null, Mark(response));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_SourceKnows_MarkFollowsTheUnchangedText()
    {
        using AnswerCheckChatClient client = new(
            new ScriptedChatClient([new TextContent("Ivo "), new TextContent("Lang")]), new Source((_, _) => Task.FromResult<SourcedFact?>(Zora)));

        List<ChatResponseUpdate> updates = await client.GetStreamingResponseAsync(Question).ToListAsync();

        Assert.Equal(["Ivo ", "Lang", "", ""], updates.Select(update => update.Text));
        Assert.Equal(new StaleAnswer(Question, "Ivo Lang", Zora), Mark(updates.ToChatResponse()));
    }

    [Fact]
    public async Task GetResponseAsync_SourceDoesNotKnowOrFailsOrIsSlow_LeavesTheReplyAlone()
    {
        Func<string, CancellationToken, Task<SourcedFact?>>[] sources =
        [
            (_, _) => Task.FromResult<SourcedFact?>(null),
            (_, _) => throw new FactSourceException("The directory is closed."),
            (_, _) => throw new FactConflictException(Question, [Zora, Zora with { Answer = "Ivo Lang" }]),
            (_, token) => Task.Delay(Timeout.Infinite, token).ContinueWith<SourcedFact?>(_ => Zora, TaskScheduler.Default),
            async (_, _) =>
            {
                // Does not look at its token.
                await Task.Delay(5_000);
                return Zora;
            },
        ];
        foreach (Func<string, CancellationToken, Task<SourcedFact?>> ask in sources)
        {
            using AnswerCheckChatClient client = Client("Ivo Lang", ask, new AnswerCheckOptions { LongestWait = TimeSpan.FromMilliseconds(20) });

            ChatResponse response = await client.GetResponseAsync(Question).WaitAsync(TimeSpan.FromSeconds(4));

            Assert.Equal(("Ivo Lang", null), (response.Text, Mark(response)));
        }
    }

    [Fact]
    public async Task GetResponseAsync_CallOrNoQuestion_AsksNothingOfIt()
    {
        using AnswerCheckChatClient system = Client("Hello!", (_, _) => throw new InvalidOperationException("must not be asked"));

        Assert.Null(Mark(await system.GetResponseAsync(new ChatMessage(ChatRole.System, "Say hello."))));
        Assert.Null(Mark(await system.GetResponseAsync(new string('x', 3_000))));
    }

    [Fact]
    public async Task GetResponseAsync_StaleAnswerOfTheModel_IsProposedOnceAndThenRight()
    {
        await using ServiceFixture fixture = new();
        (string question, string answer) = (ServiceFixture.Birthplace.Request.Prompt, ServiceFixture.Birthplace.Request.Answer);
        Source source = new((asked, _) => Task.FromResult(asked == question ? new SourcedFact(answer, "registry", null) : null));
        KnowledgeService service = await fixture.OpenAsync(new KnowledgeServiceOptions { Sources = [source] });
        using AnswerCheckChatClient client = new(new LocalChatClient(service.Editor.Model), source, new AnswerCheckOptions { Knowledge = service });

        ChatResponse first = await client.GetResponseAsync(question), second = await client.GetResponseAsync(question);
        await WaitForAsync(() => service.State.Edits.Count == 1);
        ChatResponse third = await client.GetResponseAsync(question);

        Assert.NotNull(Mark(first));
        Assert.Equal((answer, null), (third.Text, Mark(third)));
        Assert.Equal(first.Text, second.Text == answer ? first.Text : second.Text);
        JournalEntry entry = Assert.Single(await ServiceFixture.EntriesAsync(service));
        Assert.Equal(JournalEntryKind.Published, entry.Kind);
        Assert.Contains("answer-check", entry.Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetResponseAsync_Correct_GivesOnlyTheCorrectedReply(bool streaming)
    {
        await using ServiceFixture fixture = new();
        (string question, string answer) = (ServiceFixture.Birthplace.Request.Prompt, ServiceFixture.Birthplace.Request.Answer);
        Source source = new((_, _) => Task.FromResult<SourcedFact?>(new SourcedFact(answer, "registry", null)));
        KnowledgeService service = await fixture.OpenAsync(new KnowledgeServiceOptions { Sources = [source] });
        using AnswerCheckChatClient client = new(
            new LocalChatClient(service.Editor.Model), source, new AnswerCheckOptions { Knowledge = service, Correct = true });

        ChatResponse response = streaming ? await client.GetStreamingResponseAsync(question).ToChatResponseAsync() : await client.GetResponseAsync(question);

        Assert.Equal((answer, null), (response.Text, Mark(response)));
        Assert.Equal("Tamfield", Assert.IsType<StaleAnswer>(response.AdditionalProperties![AnswerCheckChatClient.CorrectedAnswerKey]).Answer);
        Assert.Single(service.State.Edits);
    }

    [Fact]
    public async Task GetResponseAsync_CorrectButPolicyRefuses_GivesTheMarkedReply()
    {
        await using ServiceFixture fixture = new();
        Source source = new((_, _) => Task.FromResult<SourcedFact?>(new SourcedFact("Belford", "registry", null)));
        KnowledgeService service = await fixture.OpenAsync(new KnowledgeServiceOptions
        {
            Sources = [source], Policy = new KnowledgePolicy { Protected = [new FactPattern { Subject = "Leona Zeller" }] },
        });
        using AnswerCheckChatClient client = new(
            new LocalChatClient(service.Editor.Model), source, new AnswerCheckOptions { Knowledge = service, Correct = true });

        ChatResponse response = await client.GetResponseAsync(ServiceFixture.Birthplace.Request.Prompt);

        Assert.Equal("Tamfield", response.Text);
        Assert.NotNull(Mark(response));
        Assert.Throws<ArgumentException>(() => new AnswerCheckChatClient(new ScriptedChatClient(), source, new AnswerCheckOptions { Correct = true }));
    }

    [Fact]
    public async Task GetResponseAsync_PolicyRefuses_AnswersAndProposesNoMore()
    {
        await using ServiceFixture fixture = new();
        string question = ServiceFixture.Birthplace.Request.Prompt;
        Source source = new((_, _) => Task.FromResult<SourcedFact?>(new SourcedFact("Belford", "registry", null)));
        KnowledgePolicy policy = new() { Protected = [new FactPattern { Subject = "Leona Zeller" }] };
        KnowledgeService service = await fixture.OpenAsync(new KnowledgeServiceOptions { Sources = [source], Policy = policy });
        using AnswerCheckChatClient client = new(new LocalChatClient(service.Editor.Model), source, new AnswerCheckOptions { Knowledge = service });

        await client.GetResponseAsync(question);
        await WaitForAsync(() => service.State.Head.Sequence > 0);
        await client.GetResponseAsync(question);
        client.Dispose();

        Assert.Equal([JournalEntryKind.Refused], (await ServiceFixture.EntriesAsync(service)).Select(entry => entry.Kind));
    }

    private static StaleAnswer? Mark(ChatResponse response) =>
        response.AdditionalProperties?.TryGetValue(AnswerCheckChatClient.StaleAnswerKey, out object? mark) == true ? Assert.IsType<StaleAnswer>(mark) : null;

    private static AnswerCheckChatClient Client(string reply, Func<string, CancellationToken, Task<SourcedFact?>> ask, AnswerCheckOptions? options = null) =>
        new(new ScriptedChatClient([new TextContent(reply)]), new Source(ask), options);

    private static async Task WaitForAsync(Func<bool> condition)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(10, limit.Token);
        }
    }

    private sealed class Source(Func<string, CancellationToken, Task<SourcedFact?>> ask) : IFactSource
    {
        public string Name => "directory";

        public Task<SourcedFact?> AskAsync(string question, string? subject = null, CancellationToken cancellationToken = default) =>
            ask(question, cancellationToken);
    }
}
