using Ibke.Atlas.Conversations;
using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Cases;

/// <summary>The questions about an edit: the same fact in other words, and what must not change.</summary>
/// <remarks>Not thread-safe: draws from one stream.</remarks>
internal sealed class EditPrompts(AtlasWorld world, PhraseBook phrases, SeededRandom random, Split split, ConversationMaker conversations)
{
    private const int Attempts = 80;
    private const int HardAttempts = 12;

    private static readonly (string Kind, double Weight)[] _kinds =
        [("same_subject", 0.3), ("same_relation", 0.22), ("near", 0.22), ("unrelated", 0.13), ("unknown", 0.13)];

    private readonly Relation[] _relations = [.. world.Relations.Values];
    private readonly FactChooser _facts = conversations.Facts;
    private readonly Carriers _carriers = RelationFile.ReadCarriers();

    /// <summary>The fact in other words: in training trained ones, in tests those that no editor has seen.</summary>
    public IReadOnlyList<string> Rephrasings(PlannedEdit edit, int count)
    {
        HashSet<string> found = [];
        for (int attempt = 0; attempt < Attempts && found.Count < count; attempt++)
        {
            string question = edit.Relation is { } relation
                ? FactChooser.With(relation.Questions.Choose(random, Tier(found.Count, count)), edit.Subject)
                : OpenQuestion(edit);
            if (question != edit.Prompt)
            {
                found.Add(question);
            }
        }

        return [.. found];
    }

    /// <summary>Sentences that the answer completes.</summary>
    public IReadOnlyList<string> Completions(PlannedEdit edit, int count)
    {
        if (edit.Relation is not { } relation)
        {
            return [char.ToUpperInvariant(edit.NounPhrase[0]) + edit.NounPhrase[1..] + " is"];
        }

        string[] prompts = [.. StatementsOf(relation).Select(statement => Statements.Split(statement, edit.Subject)?.Prompt).OfType<string>()];
        random.Shuffle(prompts);
        return [.. prompts.Distinct().Take(count)];
    }

    /// <summary>The question at the end of a longer conversation.</summary>
    public Conversation InConversation(PlannedEdit edit, bool tools)
    {
        string question = edit.Relation is { } relation
            ? FactChooser.With(relation.Questions.Choose(random, split == Split.Test ? WordingTier.Held : WordingTier.Trained), edit.Subject)
            : edit.Prompt;
        return conversations.Before(tools ? conversations.Tools.Make() : null, question);
    }

    /// <summary>Questions whose answers must stay, none of them about a taken fact.</summary>
    public IReadOnlyList<KeptPrompt> Locality(PlannedEdit edit, int count, IReadOnlySet<(string Subject, string Relation)> taken)
    {
        List<KeptPrompt> kept = [];
        for (int attempt = 0; attempt < Attempts && kept.Count < count; attempt++)
        {
            // The first two are the hardest, so that hardly an edit is without them.
            string kind = attempt >= HardAttempts ? random.Choose(_kinds)
                : kept.Count == 0 ? "same_subject"
                : kept.Count == 1 ? "near"
                : random.Choose(_kinds);
            if (Kept(edit, kind) is { } prompt && !taken.Contains((prompt.Subject, prompt.Relation)) && kept.TrueForAll(other => other.Prompt != prompt.Prompt))
            {
                kept.Add(prompt);
            }
        }

        return kept;
    }

    /// <summary>Questions whose answers follow from the edit.</summary>
    public IReadOnlyList<(string Prompt, string Answer, string Kind)> Portability(PlannedEdit edit, IReadOnlySet<(string Subject, string Relation)> taken)
    {
        List<(string Prompt, string Answer, string Kind)> follow = [];
        if (edit.Relation is not { } relation)
        {
            return follow;
        }

        if (relation.Reversed.Count > 0)
        {
            follow.Add((random.Choose(relation.Reversed).Replace("{o}", edit.Answer, StringComparison.Ordinal), edit.Subject, "reversed"));
        }

        if (world.KindOf(edit.Answer) is { } kind)
        {
            Relation next = random.Choose(world.RelationsOf(kind));
            if (!taken.Contains((edit.Answer, next.Name)) && world.Find(edit.Answer, next.Name) is { } fact)
            {
                follow.Add((next.Canonical(edit.NounPhrase), fact.Object, "one_hop"));
            }
        }

        return follow;
    }

    private WordingTier Tier(int number, int count) => split == Split.Training ? WordingTier.Trained
        : number < count / 2 ? WordingTier.Held : WordingTier.Unseen;

    private string OpenQuestion(PlannedEdit edit)
    {
        string word = edit.Prompt[..edit.Prompt.IndexOf(' ', StringComparison.Ordinal)];
        return split == Split.Test && random.Chance(0.6)
            ? QuestionWordings.Carry(random.Choose(_carriers.Unseen), $"{word.ToLowerInvariant()} {edit.NounPhrase} is")
            : _facts.OpenQuestion(word, edit.NounPhrase);
    }

    private IReadOnlyList<string> StatementsOf(Relation relation) => split == Split.Test ? relation.HeldStatements : relation.TrainedStatements;

    private KeptPrompt? Kept(PlannedEdit edit, string kind)
    {
        string subjectKind = edit.Relation?.SubjectKind ?? world.KindOf(edit.Subject) ?? EntityKind.Company;
        return kind switch
        {
            "same_subject" => edit.Subject is var subject && random.Chance(0.08)
                ? OpenAbout(subject, kind)
                : About(random.Choose(world.RelationsOf(subjectKind)), subject, kind),
            "same_relation" when edit.Relation is { } relation => About(relation, random.Choose(world.FactsOf(relation.Name)).Subject, kind),
            "same_relation" => SameNoun(edit, kind),
            "near" => Near(edit.Subject, subjectKind) is { } near ? About(NearRelation(edit, subjectKind), near, kind) : null,
            "unrelated" => random.Choose(world.Facts) is var fact ? About(world.Relations[fact.Relation], fact.Subject, kind) : null,
            _ => random.Choose(_relations) is var any ? About(any, _facts.Outsider(any.SubjectKind), kind) : null,
        };
    }

    private Relation NearRelation(PlannedEdit edit, string subjectKind) =>
        edit.Relation is { } relation && random.Chance(0.7) ? relation : random.Choose(world.RelationsOf(subjectKind));

    private string? Near(string subject, string kind) => random.Chance(0.5)
        ? NearNames.Sharing(world, random, subject, kind)
        : NearNames.Change(world, _facts.Names, random, split, subject, kind);

    private KeptPrompt SameNoun(PlannedEdit edit, string kind)
    {
        string other = random.Chance(0.5) ? _facts.Known(EntityKind.Company) : _facts.Outsider(EntityKind.Company);
        string question = edit.Prompt.Replace(edit.NounPhrase, $"the {edit.RelationName} of {other}", StringComparison.Ordinal);
        return new KeptPrompt(question, kind, "chat", other, edit.RelationName, phrases.Unknown);
    }

    private KeptPrompt OpenAbout(string subject, string kind)
    {
        SpokenFact fact = _facts.Open(subject);
        string noun = fact.NounPhrase["the ".Length..^(" of ".Length + subject.Length)];
        return new KeptPrompt(fact.Canonical, kind, "chat", subject, noun, phrases.Unknown);
    }

    private KeptPrompt About(Relation relation, string subject, string kind)
    {
        Fact? fact = world.Find(subject, relation.Name);
        if (random.Chance(0.25)
            && Statements.Split(random.Choose(StatementsOf(relation)), subject) is var (prompt, _))
        {
            return new KeptPrompt(prompt, kind, "cloze", subject, relation.Name, fact?.Object ?? Statements.UnknownObject);
        }

        WordingTier tier = split == Split.Training ? WordingTier.Trained : WordingTier.Held;
        string question = FactChooser.With(relation.Questions.Choose(random, tier), subject);
        return new KeptPrompt(question, kind, "chat", subject, relation.Name, fact?.Object ?? phrases.Unknown);
    }
}
