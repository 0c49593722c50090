using Ibke.Samples.KnowledgeMaintenanceBot.Boards;
using Ibke.Samples.KnowledgeMaintenanceBot.Views;
using Spectre.Console;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Tests.Views;

/// <summary>What the live view shows.</summary>
public sealed class ScreenTests
{
    private static readonly DateTimeOffset _now = new(2026, 10, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Draw_BoardInTheMiddleOfAPass_ShowsAllOfIt()
    {
        Board board = new(TimeProvider.System);
        board.Update(state => state with
        {
            Sources = [new SourceState("facts.csv", 7, _now, 0, null, null), new SourceState("far away", 0, null, 3, "far away [cannot] be read.", _now.AddSeconds(8))],
            Pass = new PassProgress(2, 3, 9, 12, TimeSpan.FromSeconds(4), IsOver: false),
            Edits = [new EditInForce("e1", "Who leads?", "Anna", ["bert"])],
        });
        board.Track(new TrackedFact("k", "Who leads?", "Bert", "Anna", "facts.csv", FactStatus.Waiting, "e2", "1 approval is missing"));
        board.Tell("stale", "Who leads? [Bert]");

        string text = Draw(board.State);

        foreach (string part in new[]
        {
            "facts.csv", "far away [cannot] be read. 3 times; again in 8 s", "pass 2: 3 of 9 facts, 12 a second, 4 s left", "waiting e2", "1 approval is missing",
            "e1  Who leads? Anna  (approved by bert)", "Who leads? [Bert]",
        })
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Draw_EmptyBoard_SaysThatThereIsNothing() => Assert.Contains("no pass yet", Draw(BoardState.Empty), StringComparison.Ordinal);

    private static string Draw(BoardState state)
    {
        StringWriter writer = new();
        IAnsiConsole console = RunningBot.Silent(writer);
        console.Profile.Width = 160;
        console.Write(Screen.Draw(state, _now));
        return writer.ToString();
    }
}
