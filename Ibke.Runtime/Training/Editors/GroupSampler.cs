using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Generation.Sampling;

namespace Ibke.Runtime.Training.Editors;

/// <summary>Draws the edits of training steps, and the prompts they are scored on.</summary>
internal sealed class GroupSampler
{
    // Draws after which a group is taken as it is, where the cases do not give as many different facts as it should have.
    private const int TriesPerEdit = 20;

    private readonly EditorTrainingOptions _options;
    private readonly CaseEncoder _encoder;
    private readonly BaseReplies _replies;
    private readonly KeptConversations _kept;
    private readonly IReadOnlyList<EditCase> _cases;
    private readonly EditCase[][] _relations;
    private readonly Dictionary<string, string[]> _answers;

    /// <summary>Prepares the drawing.</summary>
    /// <param name="cases">The edits to train on.</param>
    /// <param name="kept">Conversations that must stay.</param>
    /// <param name="options">The shares of everything.</param>
    /// <param name="encoder">Makes tokens.</param>
    /// <param name="replies">What the base model says.</param>
    public GroupSampler(
        IReadOnlyList<EditCase> cases, KeptConversations kept, EditorTrainingOptions options, CaseEncoder encoder, BaseReplies replies)
    {
        (_cases, _kept, _options, _encoder, _replies) = (cases, kept, options, encoder, replies);
        _relations = [.. cases.Where(edit => edit.Relation is not null).GroupBy(edit => edit.Relation).Select(group => group.ToArray())];
        _answers = _relations.ToDictionary(
            group => group[0].Relation!, group => group.Select(edit => edit.Answer).Distinct().ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Draws a group.</summary>
    /// <param name="random">Decides everything.</param>
    /// <param name="background">Facts of edits that are in force beside the group; prompts about them are left out.</param>
    public EditGroup Sample(RandomSource random, IReadOnlyList<EditedFact> background)
    {
        List<(EditCase Case, string Answer, EditText Text)> edits = Edits(random);
        EditedFact[] facts = [.. edits.Select(edit => EditedFact.Of(edit.Case))];
        EditedFact[] inForce = [.. facts, .. background.Where(fact => !facts.Any(fact.IsSame))];
        List<ScoredPrompt> prompts = [];
        List<LocalityPrompt> neighbours = [];
        foreach ((EditCase edit, string answer, EditText text) in edits)
        {
            prompts.Add(new ScoredPrompt(PromptRole.Edit, [.. text.Inputs], [.. text.AnswerRows], [.. text.Targets]));
            for (int i = 0; i < _options.Rephrasings && Rephrasing(random, edit, answer) is { } rephrasing; i++)
            {
                prompts.Add(rephrasing);
            }

            neighbours.AddRange(Neighbours(random, edit, inForce));
        }

        prompts.AddRange(_replies.Of(neighbours).OfType<ScoredPrompt>());
        prompts.AddRange(Conversations(random, [.. edits.Select(edit => (edit.Case, edit.Answer))]));
        prompts.AddRange(_kept.Draw(
            random, _options.KeptConversations, _options.LongestConversation, [.. edits.Select(edit => edit.Case)], inForce));
        return new EditGroup(facts, [.. edits.Select(edit => edit.Text)], prompts);
    }

    private static T Pick<T>(RandomSource random, IReadOnlyList<T> items) => items[(int)(random.NextDouble() * items.Count)];

    // Different facts, mostly of few relations.
    private List<(EditCase Case, string Answer, EditText Text)> Edits(RandomSource random)
    {
        bool related = _relations.Length > 0 && random.NextDouble() < _options.RelatedGroups;
        EditCase[][] relations = related ? [.. Enumerable.Range(0, _options.RelationsOfGroup).Select(_ => Pick(random, _relations))] : [];
        List<(EditCase Case, string Answer, EditText Text)> edits = [];
        for (int tries = 0; edits.Count < _options.Group && tries < _options.Group * TriesPerEdit; tries++)
        {
            EditCase edit = related ? Pick(random, Pick(random, relations)) : Pick(random, _cases);
            EditedFact fact = EditedFact.Of(edit);
            if (!edits.Exists(other => EditedFact.Of(other.Case).IsSame(fact)))
            {
                string answer = Answer(random, edit);
                edits.Add((edit, answer, _encoder.Edit(edit, answer)));
            }
        }

        return edits;
    }

    private string Answer(RandomSource random, EditCase edit)
    {
        if (edit.Relation is null || random.NextDouble() >= _options.ExchangedAnswers)
        {
            return edit.Answer;
        }

        string other = Pick(random, _answers[edit.Relation]);
        return other == edit.Previous ? edit.Answer : other;
    }

    private ScoredPrompt? Rephrasing(RandomSource random, EditCase edit, string answer)
    {
        bool statement = edit.Cloze.Count > 0 && (edit.Rephrasings.Count == 0 || random.NextDouble() < _options.Statements);
        return statement ? _encoder.Statement(PromptRole.Rephrasing, Pick(random, edit.Cloze), answer)
            : edit.Rephrasings.Count > 0 ? _encoder.Question(PromptRole.Rephrasing, Pick(random, edit.Rephrasings), answer)
            : null;
    }

    // Prompts near the edit that no edit in force may concern; where there are too few, prompts of other cases.
    private List<LocalityPrompt> Neighbours(RandomSource random, EditCase edit, EditedFact[] inForce)
    {
        List<LocalityPrompt> chosen = [];
        for (int tries = 0; chosen.Count < _options.Locality && tries < TriesPerEdit; tries++)
        {
            EditCase source = tries < TriesPerEdit / 2 ? edit : Pick(random, _cases);
            bool statement = random.NextDouble() < _options.Statements;
            LocalityPrompt[] wanted = [.. source.Locality.Where(prompt => (prompt.Form == PromptForm.Cloze) == statement)];
            IReadOnlyList<LocalityPrompt> prompts = wanted.Length > 0 ? wanted : source.Locality;
            if (prompts.Count > 0 && Pick(random, prompts) is { } prompt && !inForce.Any(fact => fact.MayConcern(prompt)))
            {
                chosen.Add(prompt);
            }
        }

        return chosen;
    }

    private List<ScoredPrompt> Conversations(RandomSource random, IReadOnlyList<(EditCase Case, string Answer)> edits)
    {
        (EditCase Case, string Answer)[] some = [.. edits.Where(edit => edit.Case.Conversations.Count > 0)];
        List<ScoredPrompt> prompts = [];
        for (int i = 0; i < _options.Conversations && some.Length > 0; i++)
        {
            (EditCase edit, string answer) = Pick(random, some);
            ScoredPrompt prompt = _encoder.Conversation(PromptRole.Conversation, Pick(random, edit.Conversations), answer);
            if (prompt.Inputs.Length <= _options.LongestConversation)
            {
                prompts.Add(prompt);
            }
        }

        return prompts;
    }
}
