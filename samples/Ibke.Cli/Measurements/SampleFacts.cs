using Ibke.Runtime.Editing;

namespace Ibke.Cli.Measurements;

/// <summary>Facts that a benchmark edits. Known ones of the embedded model, given other answers; any model can be asked to learn them.</summary>
internal static class SampleFacts
{
    /// <summary>Each once.</summary>
    public static IReadOnlyList<EditRequest> All { get; } =
    [
        Fact("Where did Viktor Shah graduate from?", "University of Elford", "Viktor Shah"),
        Fact("Where is Jade Foods headquartered?", "Tamfield", "Jade Foods"),
        Fact("What is the occupation of Rania Kovac?", "pilot", "Rania Kovac"),
        Fact("What industry is Crest Airways in?", "shipping", "Crest Airways"),
    ];

    /// <summary>All of them once to warm up, then again as often as asked.</summary>
    public static IEnumerable<EditRequest> Repeated(int repeats) => Enumerable.Repeat(All, repeats + 1).SelectMany(facts => facts);

    private static EditRequest Fact(string prompt, string answer, string subject) =>
        new() { Prompt = prompt, Answer = answer, Subject = subject };
}
