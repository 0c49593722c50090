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

    /// <summary>Loads the model, and puts in force what the journal says.</summary>
    public async Task<OpenKnowledge> OpenAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellation)
    {
        KnowledgePolicy policy = PolicyFile.Read(arguments.GetValue(_policy));
        string folder = ModelOption.Resolve(arguments.GetValue(_model));
        HttpClient client = new();
        IFactCatalog[] sources = [.. (arguments.GetValue(_sources) ?? []).Select(place => Open(place, ModelCard.Load(folder), client))];
        LanguageModel model = ModelLoading.Load(terminal, folder, arguments.GetValue(_weights));
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
