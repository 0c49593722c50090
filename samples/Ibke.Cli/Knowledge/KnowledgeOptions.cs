using System.CommandLine;
using Ibke.Cli.Commands;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Models;

namespace Ibke.Cli.Knowledge;

/// <summary>The options of every command that works on the knowledge service.</summary>
internal sealed class KnowledgeOptions
{
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly Option<WeightStorage> _weights = WeightsOption.Create();
    private readonly Option<string?> _journal = CreateJournal();
    private readonly Option<string?> _policy = new("--policy") { Description = "A JSON file that says who may change what.", HelpName = "FILE" };
    private readonly Option<string> _name = new("--as") { Description = "Who you are, for the journal. Default: the login.", HelpName = "NAME", DefaultValueFactory = _ => Environment.UserName };
    private readonly Option<string[]> _sources = new("--source") { Description = "What is true at present: a .csv or .json file, or an http address. May be given more than once.", HelpName = "PLACE" };

    /// <summary>The option <c>--journal</c>.</summary>
    public static Option<string?> CreateJournal() => new("--journal", "-j")
    {
        Description = "The journal: a SQLite file, or a connection string of PostgreSQL. Default: IBKE_JOURNAL.",
        HelpName = "PLACE",
    };

    /// <summary>Declares them.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _model, _weights, _journal, _policy, _name, _sources })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Who runs the command. Whoever can read the journal's file is no stranger; what it may do, the policy's rules say.</summary>
    public Caller Caller(ParseResult arguments) => Runtime.Knowledge.Policies.Caller.Person(arguments.GetValue(_name)!, KnowledgeRoles.All);

    /// <summary>A source that an option names.</summary>
    /// <exception cref="CommandException">It cannot be used.</exception>
    public static IFactCatalog Open(string place, ModelCard card, HttpClient client) =>
        FactSources.FindProblem(place) is { } problem ? throw new CommandException(problem) : FactSources.Open(place, card, client);

    /// <summary>The folder of the model.</summary>
    public string Folder(ParseResult arguments) => ModelOption.Resolve(arguments.GetValue(_model));

    /// <summary>How its weights are held.</summary>
    public WeightStorage Weights(ParseResult arguments) => arguments.GetValue(_weights);

    /// <summary>Whether a journal is named.</summary>
    public bool HasJournal(ParseResult arguments) => JournalPlace.IsNamed(arguments.GetValue(_journal));

    /// <summary>What is true at present.</summary>
    /// <exception cref="CommandException">A source cannot be used.</exception>
    public IFactCatalog[] Sources(ParseResult arguments, HttpClient client) =>
        [.. (arguments.GetValue(_sources) ?? []).Select(place => Open(place, ModelCard.Load(Folder(arguments)), client))];

    /// <summary>Loads the model, and puts in force what the journal says.</summary>
    /// <param name="terminal">Told of what takes long.</param>
    /// <param name="arguments">The options.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="tokenizer">A tokenizer other than the model's own; null for that.</param>
    public async Task<OpenKnowledge> OpenAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellation, string? tokenizer = null)
    {
        KnowledgePolicy policy = PolicyFile.Read(arguments.GetValue(_policy));
        HttpClient client = new();
        IFactCatalog[] sources = Sources(arguments, client);
        LanguageModel model = ModelLoading.Load(terminal, Folder(arguments), Weights(arguments), tokenizer);
        try
        {
            KnowledgeEditor editor = ModelLoading.LoadEditor(terminal, model);
            EditJournal journal = await JournalPlace.OpenAsync(arguments.GetValue(_journal), KnowledgeService.IdentityOf(editor), cancellation);
            KnowledgeService service = await KnowledgeService.OpenAsync(
                editor, journal, new KnowledgeServiceOptions { Policy = policy, Sources = sources }, cancellation);
            return new OpenKnowledge(service, model, sources, client);
        }
        catch
        {
            model.Dispose();
            client.Dispose();
            throw;
        }
    }
}
