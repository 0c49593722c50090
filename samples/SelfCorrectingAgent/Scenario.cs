using System.Diagnostics;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;

namespace Ibke.Samples.SelfCorrectingAgent;

/// <summary>
/// The story the sample tells: the agent answers, checks, corrects itself, is corrected by its user, answers right in new conversations,
/// leaves everything else as it was, and undoes what it did. Every step records what must hold.
/// </summary>
internal sealed class Scenario(IAgentHost host, KnowledgeService knowledge, LocalityPanel panel, Cast cast, Transcript transcript)
{
    /// <summary>How many of many like questions are printed; those that went wrong are printed all.</summary>
    private const int Shown = 5;

    private readonly List<(string Name, TimeSpan Time)> _timings = [];

    public IReadOnlyList<(string Name, TimeSpan Time)> Timings => _timings;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> before = await TimedAsync("panel before", () => panel.AskAsync(cancellationToken));
        await TimedAsync("1 answers", () => AnswerAsync(cancellationToken));
        await TimedAsync("2 checks", () => CheckAsync(cancellationToken));
        IAgentConversation corrected = host.Begin();
        await TimedAsync("3 is corrected", () => CorrectAsync(corrected, cancellationToken));
        await TimedAsync("4 new conversations", () => AskAnewAsync(cancellationToken));
        await TimedAsync("5 panel after", () =>
        {
            transcript.Title("5. Everything else is as it was");
            return ComparePanelAsync("neighbours and small talk are answered as before (≥ 95 %)", before, 0.95, cancellationToken);
        });
        await TimedAsync("6 undo", () => UndoAsync(corrected, before, cancellationToken));
    }

    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        transcript.Title("1. The agent answers from the model");
        IAgentConversation conversation = host.Begin();
        foreach (Fact fact in (Fact[])[cast.Noticed, cast.Told, cast.Current])
        {
            AgentTurn turn = await SayAsync(conversation, fact.Question, cancellationToken);
            transcript.Require($"answers “{fact.Question}” from the model", turn.Reply == fact.ModelAnswer, turn.Reply);
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        transcript.Title("2. It checks against the directory, and corrects itself");
        IAgentConversation conversation = host.Begin();
        await SayAsync(conversation, cast.Current.Question, cancellationToken);
        AgentTurn kept = await SayAsync(conversation, "Is that still true?", cancellationToken);
        transcript.Require(
            "a fact that is current is verified and left alone",
            kept.Called("verify_fact", "current") && kept.Calls.Count == 1,
            kept.Reply);

        conversation = host.Begin();
        await SayAsync(conversation, cast.Noticed.Question, cancellationToken);
        AgentTurn mended = await SayAsync(conversation, "Is that still true?", cancellationToken);
        transcript.Require(
            "a stale fact is noticed and edited by the agent",
            mended.Called("verify_fact", "stale") && mended.Called("edit_fact", "applied"),
            mended.Reply);
    }

    private async Task CorrectAsync(IAgentConversation conversation, CancellationToken cancellationToken)
    {
        transcript.Title("3. The user corrects it in plain words; the model decides to edit");
        await SayAsync(conversation, cast.Told.Question, cancellationToken);
        AgentTurn turn = await SayAsync(conversation, $"That's wrong. It's {cast.Told.DirectoryAnswer}.", cancellationToken);
        transcript.Require("the model calls edit_fact by itself", turn.Called("edit_fact", "applied"), turn.Reply);

        transcript.Note("What the directory does not confirm is refused, whoever says it:");
        IAgentConversation mistaken = host.Begin();
        await SayAsync(mistaken, cast.Current.Question, cancellationToken);
        AgentTurn refused = await SayAsync(mistaken, $"That's wrong. It's {cast.WrongAnswer}.", cancellationToken);
        transcript.Require("an edit that the directory contradicts is refused", refused.Called("edit_fact", "refused"), refused.Reply);
        transcript.Note("The edits in force, as judged before they were published:");
        transcript.Edits(knowledge.Editor.List());
    }

    private async Task AskAnewAsync(CancellationToken cancellationToken)
    {
        transcript.Title("4. New conversations, other words");
        foreach (Fact fact in (Fact[])[cast.Noticed, cast.Told])
        {
            int right = 0;
            foreach ((int number, string wording) in fact.OtherWordings.Index())
            {
                AgentTurn turn = await host.Begin().SayAsync(wording, cancellationToken);
                bool isRight = turn.Reply == fact.DirectoryAnswer;
                right += isRight ? 1 : 0;
                if (number < Shown || !isRight)
                {
                    transcript.Exchange(wording, turn.Reply);
                }
            }

            transcript.Require(
                $"the new answer in other words: {fact.DirectoryAnswer}",
                right == fact.OtherWordings.Count,
                $"{right} of {fact.OtherWordings.Count}");
        }
    }

    private async Task ComparePanelAsync(string what, IReadOnlyList<string> before, double share, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> after = await panel.AskAsync(cancellationToken);
        int same = 0;
        foreach ((int number, string question) in panel.Questions.Index())
        {
            bool isSame = after[number] == before[number];
            same += isSame ? 1 : 0;
            if (number < Shown || !isSame)
            {
                transcript.Exchange(question, isSame ? after[number] : $"{after[number]} (before: {before[number]})");
            }
        }

        transcript.Require(what, same >= share * before.Count, $"{same} of {before.Count}");
    }

    private async Task UndoAsync(IAgentConversation corrected, IReadOnlyList<string> before, CancellationToken cancellationToken)
    {
        transcript.Title("6. Undo");
        AgentTurn undone = await SayAsync(corrected, $"Undo edit {knowledge.State.Edits[^1].Id}.", cancellationToken);
        transcript.Require("the model undoes the edit it is asked to", undone.Called("revert_edit", "reverted"), undone.Reply);
        AgentTurn old = await SayAsync(host.Begin(), cast.Told.Question, cancellationToken);
        transcript.Require("the old answer is back", old.Reply == cast.Told.ModelAnswer, old.Reply);

        foreach (KnownEdit edit in knowledge.State.Edits)
        {
            await knowledge.RevertAsync(edit.Id, Caller.Person("you", KnowledgeRoles.Revert), cancellationToken: cancellationToken);
        }

        await ComparePanelAsync("with every edit undone the panel is as at the start", before, 1, cancellationToken);
        transcript.Require(
            "no edit is in force",
            knowledge.Editor.Model.Versions.Current.Edits.Count == 0,
            $"weight version {knowledge.Editor.Model.Versions.Current.Number}, {knowledge.Editor.Model.Versions.Current.Edits.Count} edits");
    }

    private async Task<AgentTurn> SayAsync(IAgentConversation conversation, string text, CancellationToken cancellationToken)
    {
        transcript.User(text);
        AgentTurn turn = await conversation.SayAsync(text, cancellationToken);
        transcript.Agent(turn);
        return turn;
    }

    private Task TimedAsync(string name, Func<Task> step) => TimedAsync<bool>(name, async () =>
    {
        await step();
        return true;
    });

    private async Task<T> TimedAsync<T>(string name, Func<Task<T>> step)
    {
        long start = Stopwatch.GetTimestamp();
        T result = await step();
        _timings.Add((name, Stopwatch.GetElapsedTime(start)));
        return result;
    }
}
