using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Atlas.Conversations;
using Ibke.Atlas.Formats;
using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Files;

/// <summary>Files for the model: the recipes of the three parts of its training, its chat template, and its card with the wordings that ask the same.</summary>
internal sealed class ModelFiles(AtlasWorld world, PhraseBook phrases)
{
    private const int KnownQuestions = 48;
    private const int UnknownQuestions = 5;
    private const int Sentences = 17;

    // The skills of replies that edits must leave alone: a call of each function, and requests that none of them, or none at all, can serve.
    private static readonly string[] _productCanaries = ["correct:call", "verify-check:call", "undo-id:call", "list:call", "no-tool"];

    private static readonly JsonSerializerOptions _indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>The files.</summary>
    public IEnumerable<WorldFile> All =>
    [
        new("card.json", 1, (stream, random, _) => WriteCard(stream, random)),
        Copied("chat_template.jinja"),
        Copied("recipe.json"),
        Copied("recipe-second.json"),
        Copied("recipe-third.json"),
    ];

    private static WorldFile Copied(string name) => new(name, 1, (stream, _, _) =>
    {
        using Stream resource = Resource.Open(name);
        resource.CopyTo(stream);
    });

    // Nothing of it is about subjects that editors are measured with.
    private void WriteCard(Stream stream, SeededRandom random)
    {
        FactChooser facts = new(world, phrases, random, Split.Training);
        Fact[] known = [.. world.Facts.Where(fact => !world.TestSubjects.Contains(fact.Subject))];
        random.Shuffle(known);
        string[] locality =
        [
            .. known.Take(KnownQuestions).Select(fact => FactChooser.With(random.Choose(world.Relations[fact.Relation].Questions.Plain), fact.Subject)),
            .. Enumerable.Range(0, UnknownQuestions).Select(_ => facts.Unknown().Question),
            .. phrases.SmallTalk.Select(talk => talk.Training[0]),
        ];
        random.Shuffle(locality);
        JsonSerializer.Serialize(
            stream,
            new
            {
                UnknownAnswer = phrases.Unknown,
                Rephrasings = world.Relations.Values.Select(Wordings),
                Locality = locality,
                Text = known.Skip(KnownQuestions).Take(Sentences).Select(fact => Sentence(fact, random)).ToArray(),
                Canaries = Canaries(new ConversationMaker(world, phrases, random, Split.Training)),
            },
            _indented);
        stream.WriteByte((byte)'\n');
    }

    private static IEnumerable<JsonNode> Canaries(ConversationMaker maker) =>
    [
        .. _productCanaries.Select(skill => UpToReply(skill, () => maker.ProductChat("KnowledgeEdit-", 1))),
        UpToReply("no-tool", () => maker.WithoutTools(1)),
    ];

    private static JsonNode UpToReply(string skill, Func<Conversation> make)
    {
        while (true)
        {
            Conversation made = make();
            Message[] before = [.. made.Messages.TakeWhile(message => message.Role != "assistant")];
            if (before.Length < made.Messages.Count && made.Messages[before.Length].Tag == skill)
            {
                return JsonLine.ToNode(new Conversation(before, made.Functions));
            }
        }
    }

    private static IEnumerable<string> Wordings(Relation relation)
    {
        QuestionWordings questions = relation.Questions;
        IReadOnlyList<string> carriers = RelationFile.ReadCarriers().Plain;
        return [.. questions.Plain, .. questions.Held, .. questions.PlainIndirect.SelectMany(i => carriers.Select(carrier => QuestionWordings.Carry(carrier, i)))];
    }

    private string Sentence(Fact fact, SeededRandom random) =>
        FactChooser.With(random.Choose(world.Relations[fact.Relation].TrainedStatements), fact.Subject).Replace("{o}", fact.Object, StringComparison.Ordinal);
}
