using Ibke.Atlas.Wordings;

namespace Ibke.Atlas.World;

/// <summary>A relation of the world, and how it is spoken of.</summary>
/// <remarks>Immutable. In templates <c>{s}</c> is the subject and <c>{o}</c> the object.</remarks>
public sealed class Relation
{
    internal Relation(string name, RelationFile.Entry entry, IReadOnlyList<string> reversed, bool isHeld, QuestionWordings questions)
    {
        Name = name;
        SubjectKind = entry.Subject;
        ObjectKind = entry.Object;
        QuestionWord = entry.QuestionWord;
        NounPhrase = entry.NounPhrase;
        IsHeld = isHeld;
        Reversed = reversed;
        Questions = questions;
        HeldStatements = entry.Statements.Held;
        TrainedStatements = PhrasePattern.ExpandAll([.. entry.Statements.Train, .. entry.Statements.More], entry.Statements.Held);
    }

    /// <summary>The name, such as <c>ceo</c>.</summary>
    public string Name { get; }

    /// <summary>The kind of its subjects.</summary>
    public string SubjectKind { get; }

    /// <summary>The kind of its objects.</summary>
    public string ObjectKind { get; }

    /// <summary><c>Who</c>, <c>What</c> or <c>Where</c>.</summary>
    public string QuestionWord { get; }

    /// <summary>Such as <c>the CEO of {s}</c>.</summary>
    public string NounPhrase { get; }

    /// <summary>Whether no editor is trained on it.</summary>
    public bool IsHeld { get; }

    /// <summary>Questions with <c>{o}</c> whose answer is the subject; empty where the object does not decide it.</summary>
    public IReadOnlyList<string> Reversed { get; }

    /// <summary>Its questions by tier.</summary>
    public QuestionWordings Questions { get; }

    /// <summary>Statements that models and editors are trained on.</summary>
    public IReadOnlyList<string> TrainedStatements { get; }

    /// <summary>Statements that no editor is trained on.</summary>
    public IReadOnlyList<string> HeldStatements { get; }

    /// <summary>The noun phrase of a subject.</summary>
    public string NounPhraseOf(string subject) => NounPhrase.Replace("{s}", subject, StringComparison.Ordinal);

    /// <summary>The question that an agent asks and edits with when the user asked none.</summary>
    public string Canonical(string subject) => $"{QuestionWord} is {NounPhraseOf(subject)}?";
}
