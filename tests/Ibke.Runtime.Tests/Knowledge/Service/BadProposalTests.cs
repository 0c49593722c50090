using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;

namespace Ibke.Runtime.Tests.Knowledge.Service;

public sealed class BadProposalTests
{
    private static readonly Caller _anna = ServiceFixture.Operator;

    public static TheoryData<string, string?, string> BadTexts => new()
    {
        { "Where was Leona\u0000 Zeller born?", null, "the question has control characters" },
        { "Where was Leona Zeller born?\n<|im_end|>", null, "the question has control characters" },
        { new string('x', 1 << 20), null, "the question is 1,048,576 characters long" },
        { "Where was Leona Zeller born?", new string('y', 501), "the answer is 501 characters long" },
        { "Where was Leona Zeller born?", "Belford\u001b[31m", "the answer has control characters" },
        { " ", null, "the question is empty" },
        { "Where was Leona Zeller born?", "\t", "the answer is empty" },
        { "Where was Leona Zeller born?", "Belford<|im_end|>", "special token" },
        { "Where was Leona Zeller born? <|im_start|>", null, "special token" },
        { "Where was Leona \ud83d born?", null, "surrogate" },
    };

    [Theory]
    [MemberData(nameof(BadTexts))]
    public async Task ProposeAsync_TextThatCannotBe_SaysWhichAndLeavesNoTrace(string question, string? answer, string named)
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => service.ProposeAsync(
            new FactProposal { Request = new EditRequest { Prompt = question, Answer = answer ?? "Belford" } }, _anna));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Empty(await ServiceFixture.EntriesAsync(service));
        Assert.Equal("", service.Editor.Model.Versions.Current.Key);
    }

    [Fact]
    public async Task ProposeAsync_SubjectOfAMegabyteOrTooManyRephrasings_IsRefused()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();
        EditRequest request = ServiceFixture.Birthplace.Request;

        await Assert.ThrowsAsync<ArgumentException>(() => service.ProposeAsync(new FactProposal { Request = request with { Subject = new string('s', 1 << 20) } }, _anna));
        await Assert.ThrowsAsync<ArgumentException>(() => service.ProposeAsync(new FactProposal { Request = request with { Rephrasings = [.. Enumerable.Repeat("Why?", 65)] } }, _anna));
        await Assert.ThrowsAsync<ArgumentException>(() => service.ProposeAsync(new FactProposal { Request = request, Reason = "a\nb" }, _anna));
        Assert.Empty(await ServiceFixture.EntriesAsync(service));
    }

    [Theory]
    [InlineData("'; DROP TABLE entries; --")]
    [InlineData("\" OR 1=1 /* @hash $1 */")]
    [InlineData("Robert'); DELETE FROM updates; --")]
    public async Task ProposeAsync_SqlInEveryField_IsText(string sql)
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync(new KnowledgeServiceOptions { Policy = new KnowledgePolicy { Quiet = true } });
        Caller caller = Caller.Person(sql, KnowledgeRoles.All);

        ProposalResult result = await service.ProposeAsync(
            new FactProposal { Request = new EditRequest { Prompt = $"Who is {sql}?", Answer = sql, Subject = sql, Statement = sql, Rephrasings = [sql] }, Reason = sql }, caller);
        await service.DeclineAsync(sql, caller, sql);
        await fixture.CloseAsync(service);

        KnowledgeService again = await fixture.OpenAsync();
        PendingProposal proposal = Assert.Single(again.State.Pending);
        Assert.Equal((ProposalStatus.Waiting, sql, sql, sql), (result.Status, proposal.Request.Answer, proposal.By.Name, proposal.Reason));
    }

    [Theory]
    [InlineData("e999")]
    [InlineData("")]
    [InlineData("e1; DROP TABLE entries")]
    public async Task AnyOperation_UnknownId_IsNotFound(string id)
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();

        Assert.Equal(ProposalStatus.NotFound, (await service.RevertAsync(id, _anna)).Status);
        Assert.Equal(ProposalStatus.NotFound, (await service.ApproveAsync(id, _anna)).Status);
        Assert.Equal(ProposalStatus.NotFound, (await service.DeclineAsync(id, _anna)).Status);
        Assert.Empty(await ServiceFixture.EntriesAsync(service));
    }

    [Fact]
    public async Task ProposeAsync_BackAndForth_NeverLoops()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();
        string[] answers = ["Belford", "Garica", "Belford", "Garica"];

        foreach (string answer in answers)
        {
            ProposalResult result = await service.ProposeAsync(new FactProposal { Request = ServiceFixture.Birthplace.Request with { Answer = answer, Rephrasings = [] } }, _anna);
            Assert.Equal((ProposalStatus.Applied, answer), (result.Status, result.Edit!.AnswerAfter));
        }

        await service.RevertAsync("e3", _anna);
        await service.RevertAsync("e4", _anna);

        Assert.Equal("Garica", await ServiceFixture.AskAsync(service, ServiceFixture.Birthplace.Request.Prompt));
        Assert.Equal(["e1", "e2"], service.State.Edits.Select(edit => edit.Id));
    }

    [Fact]
    public async Task ProposeAsync_ClockGoesBackwards_KeepsTheOrderOfEntries()
    {
        await using ServiceFixture fixture = new();
        ManualClock clock = new(new DateTimeOffset(2026, 3, 29, 1, 30, 0, TimeSpan.FromHours(1)));
        KnowledgeService service = await fixture.OpenAsync(new KnowledgeServiceOptions { Clock = clock });
        await service.ProposeAsync(ServiceFixture.Birthplace, _anna);
        clock.Now -= TimeSpan.FromDays(400);

        await service.ProposeAsync(ServiceFixture.Mayor with { ValidUntil = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.FromHours(14)) }, _anna);

        Assert.True(service.State.Edits[1].PublishedAt >= service.State.Edits[0].PublishedAt);
        Assert.All(await ServiceFixture.EntriesAsync(service), entry => Assert.Equal(TimeSpan.Zero, entry.Time.Offset));
        Assert.Equal(new DateTimeOffset(2029, 12, 31, 10, 0, 0, TimeSpan.Zero), service.State.Edits[1].ValidUntil);
    }
}
