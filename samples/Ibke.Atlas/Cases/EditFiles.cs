using Ibke.Atlas.Conversations;
using Ibke.Atlas.Formats;
using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Cases;

/// <summary>The edits that editors are trained on, and the cases they are measured with.</summary>
internal sealed class EditFiles(AtlasWorld world, PhraseBook phrases)
{
    private const int ValidationShare = 10;

    private static readonly CaseSizes _training = new(6, 3, 8, Portability: false);
    private static readonly CaseSizes _test = new(4, 2, 8, Portability: true);

    /// <summary>Files of which a share may be written.</summary>
    public IEnumerable<WorldFile> Training => [new("edits-train.jsonl", 30_000, WriteTraining)];

    /// <summary>Files that are always whole.</summary>
    public IEnumerable<WorldFile> Tests =>
    [
        new("cases-validation.jsonl", 150, (stream, random, rows) => WriteCases(stream, random, rows, IsForValidation)),
        new("cases-150.jsonl", 150, (stream, random, rows) => WriteCases(stream, random, rows, world.TestSubjects.Contains)),
        new("cases-1000.jsonl", 1_000, (stream, random, rows) => WriteCases(stream, random, rows, world.TestSubjects.Contains)),
        new("cases-relations.jsonl", 60, WriteHeldRelations),
        new("cases-open.jsonl", 60, WriteOpen),
    ];

    /// <summary>Whether a subject is kept for tuning: neither trained on nor measured with.</summary>
    public bool IsForValidation(string subject) =>
        !world.TestSubjects.Contains(subject) && StableHash.Of("validation|" + subject) % ValidationShare == 0;

    private void WriteTraining(Stream stream, SeededRandom random, int rows)
    {
        Makers make = new(world, phrases, random, Split.Training, _training);
        Fact[] facts = [.. Facts(subject => !world.TestSubjects.Contains(subject) && !IsForValidation(subject))];
        int written = 0;
        while (written < rows)
        {
            double kind = random.NextDouble();
            IReadOnlyList<PlannedEdit> edits = kind < 0.66 ? [make.Planner.Known(random.Choose(facts))]
                : kind < 0.94 ? make.Planner.Unknown(random.Choose([1, 1, 1, 2, 3]))
                : [OpenForTraining(make.Planner)];
            HashSet<(string, string)> taken = [.. edits.Select(edit => edit.Key)];
            foreach (PlannedEdit edit in edits.Take(rows - written))
            {
                Conversation[] keep = random.Chance(0.3) ? [make.About(edit)] : [];
                make.Writer.Write(stream, $"train-{written++}", edit, taken, make.Ends(edit, random.Chance(0.5)), keep);
            }
        }
    }

    // Subjects of tests and validation are in no edit of training.
    private PlannedEdit OpenForTraining(EditPlanner planner)
    {
        while (true)
        {
            PlannedEdit edit = planner.Open();
            if (!world.TestSubjects.Contains(edit.Subject) && !IsForValidation(edit.Subject))
            {
                return edit;
            }
        }
    }

    // A third about subjects outside the world, in any order; where known facts run out, relations outside the world about known subjects.
    private void WriteCases(Stream stream, SeededRandom random, int rows, Func<string, bool> isChosen)
    {
        Makers make = new(world, phrases, random, Split.Test, _test);
        Fact[] facts = [.. Facts(isChosen)];
        random.Shuffle(facts);
        List<PlannedEdit> edits = [.. facts.Take(rows - (rows / 3)).Select(make.Planner.Known)];
        string[] subjects = [.. world.Subjects.Where(isChosen)];
        HashSet<(string, string)> taken = [.. edits.Select(edit => edit.Key)];
        while (edits.Count < rows - (rows / 3))
        {
            Add(edits, taken, make.Planner.Open(random.Choose(subjects)));
        }

        while (edits.Count < rows)
        {
            foreach (PlannedEdit edit in make.Planner.Unknown(random.Choose([1, 1, 2])).Take(rows - edits.Count))
            {
                Add(edits, taken, edit);
            }
        }

        random.Shuffle(edits);
        WriteAll(stream, make, edits, taken);
    }

    private void WriteHeldRelations(Stream stream, SeededRandom random, int rows)
    {
        Makers make = new(world, phrases, random, Split.Test, _test);
        Fact[] facts = [.. world.Facts.Where(fact => world.TestSubjects.Contains(fact.Subject) && world.HeldRelations.Contains(fact.Relation))];
        random.Shuffle(facts);
        PlannedEdit[] edits = [.. facts.Take(rows).Select(make.Planner.Known)];
        WriteAll(stream, make, edits, [.. edits.Select(edit => edit.Key)]);
    }

    private void WriteOpen(Stream stream, SeededRandom random, int rows)
    {
        Makers make = new(world, phrases, random, Split.Test, _test);
        string[] subjects = [.. world.TestSubjects];
        List<PlannedEdit> edits = [];
        HashSet<(string, string)> taken = [];
        while (edits.Count < rows)
        {
            Add(edits, taken, make.Planner.Open(random.Choose(subjects)));
        }

        WriteAll(stream, make, edits, taken);
    }

    private static void Add(List<PlannedEdit> edits, HashSet<(string, string)> taken, PlannedEdit edit)
    {
        if (taken.Add(edit.Key))
        {
            edits.Add(edit);
        }
    }

    private static void WriteAll(Stream stream, Makers make, IReadOnlyList<PlannedEdit> edits, HashSet<(string, string)> taken)
    {
        for (int i = 0; i < edits.Count; i++)
        {
            make.Writer.Write(stream, $"{edits[i].Kind}-{i}", edits[i], taken, make.Ends(edits[i], tools: true), [make.About(edits[i])]);
        }
    }

    private IEnumerable<Fact> Facts(Func<string, bool> isChosen) =>
        world.Facts.Where(fact => isChosen(fact.Subject) && !world.HeldRelations.Contains(fact.Relation));

    private sealed class Makers
    {
        private readonly EditPrompts _prompts;
        private readonly AboutEdits _about;

        public Makers(AtlasWorld world, PhraseBook phrases, SeededRandom random, Split split, CaseSizes sizes)
        {
            ConversationMaker conversations = new(world, phrases, random, split);
            _prompts = new EditPrompts(world, phrases, random, split, conversations);
            _about = new AboutEdits(random, conversations);
            Planner = new EditPlanner(world, random, conversations.Facts);
            Writer = new CaseWriter(_prompts, sizes);
        }

        public EditPlanner Planner { get; }

        public CaseWriter Writer { get; }

        public Conversation About(PlannedEdit edit) => _about.Make(edit);

        /// <summary>Conversations that end with the question, the second with functions listed.</summary>
        public IReadOnlyList<(Conversation Conversation, string Kind)> Ends(PlannedEdit edit, bool tools) =>
        [
            (_prompts.InConversation(edit, tools: false), "in_chat"),
            .. tools ? [(_prompts.InConversation(edit, tools: true), "with_tools")] : Array.Empty<(Conversation, string)>(),
        ];
    }
}
