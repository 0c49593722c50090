using System.Collections.Immutable;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Boards;

/// <summary>Everything that the bot knows of its work. Immutable.</summary>
/// <param name="Sources">The sources by number.</param>
/// <param name="Pass">The pass that goes on, or the last one; null before the first.</param>
/// <param name="Facts">The facts with something about them, by key.</param>
/// <param name="Recent">The keys of the facts that changed last, the newest at the end.</param>
/// <param name="Edits">The edits in force, oldest first.</param>
/// <param name="Events">The last events, oldest first.</param>
internal sealed record BoardState(
    ImmutableList<SourceState> Sources,
    PassProgress? Pass,
    ImmutableDictionary<string, TrackedFact> Facts,
    ImmutableList<string> Recent,
    IReadOnlyList<EditInForce> Edits,
    ImmutableList<BotEvent> Events)
{
    /// <summary>Before anything happened.</summary>
    public static BoardState Empty { get; } = new([], null, ImmutableDictionary<string, TrackedFact>.Empty, [], [], []);

    /// <summary>The fact that a question asks for as the source has it; null where there is nothing about it.</summary>
    public TrackedFact? Fact(string question) => Facts.Values.FirstOrDefault(fact => fact.Question == question);
}
