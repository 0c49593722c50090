using Ibke.Atlas.Conversations;
using Ibke.Atlas.Formats;
using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Skills;

/// <summary>What the model is measured with, by skill: questions, names and phrases that it was not trained on, one file a skill.</summary>
internal sealed class SkillSuites(AtlasWorld world, PhraseBook phrases)
{
    private const int Questions = 400;
    private const int Conversations = 150;

    /// <summary>The files.</summary>
    public IEnumerable<WorldFile> All =>
    [
        .. Facts, .. UnknownNames,
        Suite("reversed", 150, Reversed),
        Suite("chat", Conversations, maker => maker.Conversations.PlainChat(4)),
        Suite("context", 200, maker => maker.Contexts.Next()),
        Suite("tools", 600, maker => maker.Conversations.ToolChat()),
        Suite("tools-product", 200, maker => maker.Conversations.ProductChat(maker.Random.Choose(["KnowledgeEdit_", "KnowledgeEdit-"]), 2)),
        Suite("no-tools", Conversations, maker => maker.Conversations.WithoutTools(2)),
        Cloze("cloze-trained", 400, relation => relation.TrainedStatements),
        Cloze("cloze-held", 400, relation => relation.HeldStatements),
    ];

    private IEnumerable<WorldFile> Facts =>
    [
        Suite("facts-trained", Questions, maker => maker.Fact(WordingTier.Trained)),
        Suite("facts-pair", Questions, maker => maker.Pair()),
        Suite("facts-unseen", Questions, maker => maker.Fact(relation => relation.Questions.Unseen)),
        Suite("facts-unseen-carrier", Questions, maker => maker.Fact(relation => relation.Questions.UnseenCarried)),
        Suite("facts-tools", Questions, maker => maker.Pair(tools: true)),
        Suite("facts-system", Questions, maker => maker.Pair(system: true)),
    ];

    private IEnumerable<WorldFile> UnknownNames =>
    [
        Suite("unknown-recombined", Questions, maker => maker.Unknown(kind => maker.Names.Recombined(maker.Random, kind, Split.Test))),
        Suite("unknown-near", Questions, maker => maker.UnknownNear()),
        Suite("unknown-invented", Questions, maker => maker.Unknown(kind => maker.Names.Invented(maker.Random, kind, Split.Test))),
        Suite("unknown-everyday", 200, maker => maker.Unknown(kind => maker.Names.Everyday(maker.Random, kind))),
    ];

    private WorldFile Suite(string skill, int rows, Func<SkillMaker, Conversation> make) => new($"skills-{skill}.jsonl", rows, (stream, random, count) =>
    {
        SkillMaker maker = new(world, phrases, random);
        for (int i = 0; i < count; i++)
        {
            JsonLine.Write(stream, make(maker), skill, tags: true);
        }
    });

    private WorldFile Cloze(string skill, int rows, Func<Relation, IReadOnlyList<string>> statements) => new($"skills-{skill}.jsonl", rows, (stream, random, count) =>
    {
        for (int i = 0; i < count;)
        {
            Fact fact = random.Choose(world.Facts);
            if (Statements.Split(random.Choose(statements(world.Relations[fact.Relation])), fact.Subject) is var (prompt, joint))
            {
                JsonLine.Write(stream, [(prompt, 0), ($"{joint}{fact.Object}.", 1)]);
                i++;
            }
        }
    });

    private Conversation Reversed(SkillMaker maker)
    {
        Relation[] relations = [.. world.Relations.Values.Where(relation => relation.Reversed.Count > 0)];
        Relation relation = maker.Random.Choose(relations);
        (string answer, string subject) = maker.Random.Choose([.. world.Reversed(relation.Name)]);
        return SkillMaker.One(maker.Random.Choose(relation.Reversed).Replace("{o}", answer, StringComparison.Ordinal), subject);
    }
}
