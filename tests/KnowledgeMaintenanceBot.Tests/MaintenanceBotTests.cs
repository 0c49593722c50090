using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Samples.KnowledgeMaintenanceBot.Boards;
using Ibke.Samples.KnowledgeMaintenanceBot.Passes;
using Ibke.Samples.KnowledgeMaintenanceBot.Sources;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Tests;

/// <summary>The bot at work: facts from found to verified, approvals, conflicts, and its end.</summary>
public sealed class MaintenanceBotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Watch_FactIsStaleAtFirst_ModelIsCorrectedAndAskedAgain()
    {
        await using RunningBot bot = await RunningBot.StartAsync(_folder, _folder.WriteFacts("facts.csv", (Known.Born, Known.BornAfter), (Known.Mayor, Known.MayorBefore)));

        TrackedFact fact = await bot.WaitAsync(Known.Born, FactStatus.Verified);

        Assert.Equal((Known.BornBefore, Known.BornAfter, "facts.csv"), (fact.Said, fact.Current, fact.Source));
        Assert.Equal(Known.BornAfter, await bot.AskAsync(Known.Born));
        Assert.Equal(Known.MayorBefore, await bot.AskAsync(Known.Mayor));
        BoardState over = await bot.FirstPassAsync();
        Assert.Equal(Known.BornAfter, Assert.Single(over.Edits).Answer);
        Assert.Null(over.Fact(Known.Mayor));
    }

    [Fact]
    public async Task Watch_PolicyWantsApproval_NothingChangesBeforeSomebodyElseApproves()
    {
        await using RunningBot bot = await RunningBot.StartAsync(Approving(Known.Leader, Known.LeaderAfter));

        TrackedFact waiting = await bot.WaitAsync(Known.Leader, FactStatus.Waiting);

        Assert.Equal(Known.LeaderBefore, await bot.AskAsync(Known.Leader));
        ProposalResult own = await bot.Knowledge.ApproveAsync(waiting.EditId!, FactMaintenance.Bot);
        Assert.Equal(ProposalStatus.Refused, own.Status);
        await bot.Knowledge.ApproveAsync(waiting.EditId!, Caller.Person("anna", KnowledgeRoles.Approve));
        await bot.WaitAsync(Known.Leader, FactStatus.Verified);
        Assert.Equal(Known.LeaderAfter, await bot.AskAsync(Known.Leader));
        Assert.Equal(["anna"], Assert.Single(bot.Board.State.Edits).ApprovedBy);
    }

    [Fact]
    public async Task Watch_ProposalIsTurnedDown_ItSaysSoAndGoesOn()
    {
        await using RunningBot bot = await RunningBot.StartAsync(Approving(Known.Leader, Known.LeaderAfter));
        TrackedFact waiting = await bot.WaitAsync(Known.Leader, FactStatus.Waiting);

        await bot.Knowledge.DeclineAsync(waiting.EditId!, Caller.Person("anna", KnowledgeRoles.Approve), "not announced yet");

        await bot.WaitAsync(Known.Leader, FactStatus.Declined);
        Assert.Equal(Known.LeaderBefore, await bot.AskAsync(Known.Leader));
    }

    [Fact]
    public async Task Watch_SourceChangesWhileAProposalWaits_TheOldProposalIsTakenBack()
    {
        await using RunningBot bot = await RunningBot.StartAsync(Approving(Known.Leader, Known.LeaderAfter));
        TrackedFact first = await bot.WaitAsync(Known.Leader, FactStatus.Waiting);

        _folder.WriteFacts("facts.csv", (Known.Leader, "Hana Dorsey"));

        await bot.WaitAsync(state => state.Fact(Known.Leader) is { Status: FactStatus.Waiting, Current: "Hana Dorsey" });
        PendingProposal pending = Assert.Single(bot.Knowledge.State.Pending);
        Assert.NotEqual(first.EditId, pending.Id);
        Assert.Equal("Hana Dorsey", pending.Request.Answer);

        _folder.WriteFacts("facts.csv", (Known.Leader, Known.LeaderBefore));
        await bot.WaitAsync(state => state.Fact(Known.Leader) is null);
        Assert.Empty(bot.Knowledge.State.Pending);
    }

    [Fact]
    public async Task Watch_StartedAgain_EditsAreInForceAndWhatWaitsIsNotProposedTwice()
    {
        BotOptions options = Approving(Known.Leader, Known.LeaderAfter, (Known.Born, Known.BornAfter));
        await using (RunningBot first = await RunningBot.StartAsync(options))
        {
            await first.WaitAsync(Known.Leader, FactStatus.Waiting);
            await first.WaitAsync(Known.Born, FactStatus.Verified);
        }

        await using RunningBot second = await RunningBot.StartAsync(options);
        await second.WaitAsync(Known.Leader, FactStatus.Waiting);
        BoardState over = await second.FirstPassAsync();

        Assert.Null(over.Fact(Known.Born));
        Assert.Equal(Known.BornAfter, await second.AskAsync(Known.Born));
        Assert.Single(second.Knowledge.State.Pending);
        Assert.Single(second.Knowledge.State.Edits);
    }

    [Fact]
    public async Task Watch_SourcesDisagree_ItIsReportedUntilTheyAgree()
    {
        string one = _folder.WriteFacts("one.csv", (Known.Born, Known.BornAfter)), other = _folder.WriteFacts("other.csv", (Known.Born, "Zanova"));
        await using RunningBot bot = await RunningBot.StartAsync(_folder, one, other);

        TrackedFact conflict = await bot.WaitAsync(Known.Born, FactStatus.Conflict);

        Assert.Contains("other.csv says Zanova", conflict.Source, StringComparison.Ordinal);
        Assert.Equal(Known.BornBefore, await bot.AskAsync(Known.Born));
        _folder.WriteFacts("other.csv", (Known.Born, Known.BornAfter));
        await bot.WaitAsync(Known.Born, FactStatus.Verified);
    }

    [Fact]
    public async Task Watch_FactIsProtected_ItIsRefusedAndTheOthersAreEdited()
    {
        File.WriteAllText(_folder["policy.json"], """{ "protected": [ { "subject": "Salana" } ] }""");
        string facts = _folder.WriteFacts("facts.csv", (Known.Mayor, Known.MayorAfter), (Known.Born, Known.BornAfter));
        await using RunningBot bot = await RunningBot.StartAsync(RunningBot.Watching(_folder, new SourcePlace(facts)) with { Policy = _folder["policy.json"] });

        TrackedFact refused = await bot.WaitAsync(Known.Mayor, FactStatus.Refused);
        await bot.WaitAsync(Known.Born, FactStatus.Verified);

        Assert.Equal("the fact is protected", refused.Detail);
        Assert.Equal(Known.MayorBefore, await bot.AskAsync(Known.Mayor));
    }

    [Fact]
    public async Task Stop_InTheMiddleOfAPass_WhatIsDoneStaysDone()
    {
        string facts = _folder.WriteFacts("facts.csv", (Known.Born, Known.BornAfter), (Known.Mayor, Known.MayorAfter), (Known.Seat, Known.SeatAfter), (Known.Leader, Known.LeaderAfter));
        BotOptions options = RunningBot.Watching(_folder, new SourcePlace(facts)) with { Report = _folder["report.jsonl"] };
        TaskCompletionSource edited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ManualResetEventSlim stopping = new();
        List<string> topics = [];
        await using (RunningBot bot = await RunningBot.StartAsync(options, happened =>
        {
            topics.Add(happened.Topic);
            if (happened.Topic == "edit")
            {
                edited.TrySetResult();
                stopping.Wait();
            }
        }))
        {
            await edited.Task.WaitAsync(TimeSpan.FromSeconds(20));
            Task stopped = bot.StopAsync();
            stopping.Set();
            await stopped;
        }

        Assert.Single(topics, topic => topic == "edit");
        Assert.Contains("end", topics);
        Assert.Contains("\"is_complete\":false", Assert.Single(File.ReadAllLines(_folder["report.jsonl"])), StringComparison.Ordinal);
        await using RunningBot again = await RunningBot.StartAsync(options);
        Assert.NotEmpty(again.Knowledge.State.Edits);
        await again.WaitAsync(state => state.Edits.Count == 4);
    }

    public void Dispose() => _folder.Dispose();

    private BotOptions Approving(string question, string answer, params (string, string)[] others)
    {
        File.WriteAllText(_folder["policy.json"], """{ "approvals": [ { "facts": { "question": "*CEO of*" }, "approvers": 1 } ] }""");
        string facts = _folder.WriteFacts("facts.csv", [(question, answer), .. others]);
        return RunningBot.Watching(_folder, new SourcePlace(facts)) with { Policy = _folder["policy.json"] };
    }
}
