using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Cases;

namespace Ibke.Runtime.Scoring.Questions;

/// <summary>The facts that edits in force change: what a neighbour of one edit says may be what another one changed.</summary>
internal sealed class ChangedFacts
{
    private readonly ModelCard _card;
    private readonly IReadOnlyList<EditCase> _edits;
    private readonly HashSet<string> _keys;
    private readonly HashSet<(string, string)> _relations;

    /// <summary>The facts of some edits.</summary>
    /// <param name="card">Knows wordings that ask the same.</param>
    /// <param name="edits">The edits in force.</param>
    public ChangedFacts(ModelCard card, IReadOnlyList<EditCase> edits)
    {
        _card = card;
        _edits = edits;
        _keys = [.. edits.SelectMany(edit => edit.Rephrasings.Prepend(edit.Prompt)).Select(card.FactKey)];
        _relations = [.. edits.Where(edit => edit.Subject is not null && edit.Relation is not null).Select(edit => Key(edit.Subject!, edit.Relation!))];
    }

    /// <summary>The subjects of the edits.</summary>
    public IEnumerable<string> Subjects => _edits.Select(edit => edit.Subject).OfType<string>();

    /// <summary>
    /// Whether the answer to a neighbour of an edit may be changed by one in force: it asks what an edit asks, or its subject and relation are
    /// those of one; where neither the card nor the file says what it asks, it is enough that it names the subject of another edit.
    /// </summary>
    /// <param name="neighbour">The question.</param>
    /// <param name="own">The edit that it is a neighbour of.</param>
    public bool May(LocalityPrompt neighbour, EditCase own)
    {
        if (_keys.Contains(_card.FactKey(neighbour.Prompt)))
        {
            return true;
        }

        if (neighbour.Subject is not null && neighbour.Relation is not null)
        {
            return _relations.Contains(Key(neighbour.Subject, neighbour.Relation));
        }

        bool known = _card.Match(neighbour.Prompt) is not null;
        return _edits.Any(edit => !ReferenceEquals(edit, own)
            && edit.Subject is not null
            && edit.Subject != own.Subject
            && neighbour.Prompt.Contains(edit.Subject, StringComparison.OrdinalIgnoreCase)
            && !(known && _card.Match(edit.Prompt) is not null));
    }

    /// <summary>The cases without those whose fact an earlier one has: only one edit of a fact can be in force.</summary>
    public static IReadOnlyList<EditCase> Distinct(ModelCard card, IEnumerable<EditCase> cases)
    {
        HashSet<string> keys = [];
        HashSet<(string, string)> relations = [];
        return [.. cases.Where(item => keys.Add(card.FactKey(item.Prompt))
            & (item.Subject is null || item.Relation is null || relations.Add(Key(item.Subject, item.Relation))))];
    }

    private static (string, string) Key(string subject, string relation) => (subject.ToUpperInvariant(), relation.ToUpperInvariant());
}
