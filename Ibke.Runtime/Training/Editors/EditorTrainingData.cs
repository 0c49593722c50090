using Ibke.Runtime.Editing.Cases;

namespace Ibke.Runtime.Training.Editors;

/// <summary>What an editor is trained on.</summary>
public sealed record EditorTrainingData
{
    /// <summary>What the edits are called in the card, such as the names of their files.</summary>
    public required string Name { get; init; }

    /// <summary>The edits.</summary>
    public required IReadOnlyList<EditCase> Training { get; init; }

    /// <summary>Held-out edits; none for no scores.</summary>
    public required IReadOnlyList<EditCase> Validation { get; init; }

    /// <summary>Files of conversations and texts, in the form of training documents, that edits must leave as they are where training would learn them.</summary>
    public IReadOnlyList<string> Conversations { get; init; } = [];

    /// <summary>Keeps edits apart for validation: those of the subjects that come last in an order by a hash of their names.</summary>
    /// <param name="name">See <see cref="Name"/>.</param>
    /// <param name="cases">All edits.</param>
    /// <param name="share">The share of subjects kept apart, 0 … 1.</param>
    public static EditorTrainingData Split(string name, IReadOnlyList<EditCase> cases, double share)
    {
        ArgumentNullException.ThrowIfNull(cases);
        string[] subjects = [.. cases.Select(SubjectOf).Distinct().OrderBy(Hash)];
        HashSet<string> heldOut = [.. subjects.TakeLast((int)(subjects.Length * share))];
        return new EditorTrainingData
        {
            Name = name,
            Training = [.. cases.Where(edit => !heldOut.Contains(SubjectOf(edit)))],
            Validation = [.. cases.Where(edit => heldOut.Contains(SubjectOf(edit)))],
        };
    }

    private static string SubjectOf(EditCase edit) => edit.Subject ?? edit.Prompt;

    // FNV-1a: the same order on every machine, and no order that a file may have.
    private static ulong Hash(string text) =>
        text.Aggregate(14695981039346656037UL, (hash, c) => (hash ^ c) * 1099511628211UL);
}
