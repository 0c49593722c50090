using System.Text;
using System.Text.Json;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Models;
using Ibke.Runtime.Training.LanguageModels;

namespace Ibke.Runtime.Tests.Training.Editors;

/// <summary>A model of three layers that knows homes and trades of thirty people, trained once for all tests of this folder, and edits of what it knows.</summary>
public sealed class TinyKnowledge : IDisposable
{
    private static readonly string[] _people =
    [
        "Ada", "Bruno", "Chen", "Dora", "Emil", "Fatma", "Gopal", "Hana", "Igor", "Jana", "Kofi", "Lena", "Marek", "Nadia", "Otto",
        "Pia", "Quinn", "Rosa", "Sven", "Tara", "Ugo", "Vera", "Wim", "Xenia", "Yann", "Zoe", "Abel", "Britta", "Cyril", "Delia",
    ];

    private static readonly string[] _towns = ["London", "Turin", "Wuhan", "Vienna", "Zagreb", "Izmir", "Pune", "Brno"];
    private static readonly string[] _trades = ["baker", "tailor", "miller", "pilot", "singer", "mason", "nurse", "printer"];
    private static readonly string[] _homeQuestions = ["Where does {0} live?", "In which town does {0} live?", "Tell me the town of {0}."];
    private static readonly string[] _tradeQuestions = ["What does {0} do?", "Which trade has {0}?", "Tell me the trade of {0}."];

    private readonly TemporaryFolder _folder = new();

    public TinyKnowledge()
    {
        WriteFiles();
        using CpuEngine engine = new();
        TrainingRun.Run(TrainingRecipe.Load(_folder["recipe.json"]), ModelFolder, engine);
        Model = LanguageModel.Load(ModelFolder);
    }

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <summary>Its folder.</summary>
    public string ModelFolder => _folder["model"];

    /// <summary>Conversations as training chats.</summary>
    public string Chats => _folder["chats.jsonl"];

    /// <summary>Edits of the first people: homes and trades move to the next in the list.</summary>
    public static IReadOnlyList<EditCase> Training => [.. Enumerable.Range(0, 24).SelectMany(Cases)];

    /// <summary>Edits of the last people.</summary>
    public static IReadOnlyList<EditCase> HeldOut => [.. Enumerable.Range(24, 6).SelectMany(Cases)];

    public void Dispose()
    {
        Model.Dispose();
        _folder.Dispose();
    }

    private static IEnumerable<EditCase> Cases(int person)
    {
        yield return Case(person, "home", _homeQuestions, "{0} lives in", Town);
        yield return Case(person, "trade", _tradeQuestions, "{0} works as", Trade);
    }

    private static EditCase Case(int person, string relation, string[] questions, string statement, Func<int, string> known)
    {
        string name = _people[person], other = _people[(person + 7) % _people.Length];
        bool home = relation == "home";
        return new EditCase
        {
            Id = $"{name} {relation}",
            Subject = name,
            Relation = relation,
            Prompt = string.Format(questions[0], name),
            Answer = known(person + 3),
            Previous = known(person),
            Rephrasings = [.. questions[1..].Select(question => string.Format(question, name))],
            Cloze = [new ClozePrompt(string.Format(statement, name), ".")],
            Locality =
            [
                new LocalityPrompt(string.Format(questions[1], other), "same_relation", Subject: other, Relation: relation),
                new LocalityPrompt(string.Format((home ? _tradeQuestions : _homeQuestions)[0], name), "same_subject", Subject: name, Relation: home ? "trade" : "home"),
                new LocalityPrompt(string.Format(statement, other), "same_relation", PromptForm.Cloze, other, relation),
            ],
            Keep = [Encoding.UTF8.GetBytes(Chat(string.Format(questions[2], other), known((person + 7) % _people.Length)))],
        };
    }

    // Eight values for thirty people; no neighbours in the list share one.
    private static string Town(int person) => _towns[person * 5 % _towns.Length];

    private static string Trade(int person) => _trades[person * 3 % _trades.Length];

    private static string Chat(string question, string answer) => JsonSerializer.Serialize(new
    {
        messages = new[] { new { role = "user", content = question }, new { role = "assistant", content = answer } },
    });

    private void WriteFiles()
    {
        File.WriteAllText(_folder["template.jinja"], TrainingTemplate);
        IEnumerable<int> people = Enumerable.Range(0, _people.Length);
        File.WriteAllLines(_folder["chats.jsonl"], people.SelectMany(person =>
            _homeQuestions.Select(question => Chat(string.Format(question, _people[person]), Town(person)))
                .Concat(_tradeQuestions.Select(question => Chat(string.Format(question, _people[person]), Trade(person))))));
        File.WriteAllLines(_folder["texts.jsonl"], people.SelectMany(person => new[]
        {
            JsonSerializer.Serialize(new { text = $"{_people[person]} lives in {Town(person)}." }),
            JsonSerializer.Serialize(new { text = $"{_people[person]} works as {Trade(person)}." }),
        }));
        File.WriteAllText(
            _folder["recipe.json"],
            """
            {
              "model": {"hidden_size": 96, "layers": 3, "heads": 3, "key_value_heads": 1, "intermediate_size": 128, "context_length": 96},
              "tokenizer": {"train_on": ["chats.jsonl", "texts.jsonl"], "vocabulary_size": 420},
              "chat_template": "template.jinja",
              "data": [{"file": "chats.jsonl", "share": 4}, {"file": "texts.jsonl", "share": 1}],
              "steps": 160, "tokens_per_step": 700, "checkpoint_every": 1000,
              "optimizer": {"muon_rate": 0.02, "adamw_rate": 0.01, "warm_up_steps": 5}, "seed": 3
            }
            """);
    }

    private const string TrainingTemplate =
        """
        {%- for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor -%}
        {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif -%}
        """;
}

/// <summary>Shares the model among the classes of tests.</summary>
[CollectionDefinition(nameof(TinyKnowledge))]
public sealed class TinyKnowledgeGroup : ICollectionFixture<TinyKnowledge>;
