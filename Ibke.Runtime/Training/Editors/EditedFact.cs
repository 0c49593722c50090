using Ibke.Runtime.Editing.Cases;

namespace Ibke.Runtime.Training.Editors;

/// <summary>A fact that an edit changes: by subject and relation where these are known, else by the edit's own prompt.</summary>
internal readonly record struct EditedFact(string? Subject, string? Relation, string Prompt)
{
    /// <summary>The fact of an edit.</summary>
    public static EditedFact Of(EditCase edit) => new(edit.Subject, edit.Relation, edit.Prompt);

    /// <summary>Whether two edits change the same fact.</summary>
    public bool IsSame(EditedFact other) => Subject is not null && Relation is not null && other.Subject is not null && other.Relation is not null
        ? Subject == other.Subject && Relation == other.Relation
        : Prompt == other.Prompt;

    /// <summary>Whether a prompt may ask for this fact; where the prompt does not say what it asks for, it may once it names the subject.</summary>
    public bool MayConcern(LocalityPrompt prompt)
    {
        if (prompt.Subject is not null && prompt.Relation is not null && Subject is not null && Relation is not null)
        {
            return prompt.Subject == Subject && prompt.Relation == Relation;
        }

        return prompt.Prompt == Prompt || (Subject is not null && prompt.Prompt.Contains(Subject, StringComparison.Ordinal));
    }
}
