using System.CommandLine;
using System.CommandLine.Parsing;
using Ibke.Samples.KnowledgeMaintenanceBot.Sources;

namespace Ibke.Samples.KnowledgeMaintenanceBot;

/// <summary>The options of the program.</summary>
internal sealed class BotCommandLine : RootCommand
{
    private readonly Option<bool> _once = new("--once") { Description = "One pass over the sources. Exit code 1 if the model does not say afterwards what they say." };
    private readonly Option<bool> _watch = new("--watch") { Description = "Go on until Ctrl-C." };
    private readonly Option<string[]> _sources = new("--source") { Description = "A .csv or .json file of facts, or an http address. May be given several times.", HelpName = "PLACE" };
    private readonly Option<string[]> _databases = new("--sql") { Description = "A SQLite file, or a connection string of SQLite or PostgreSQL; each with a --query.", HelpName = "CONNECTION" };
    private readonly Option<string[]> _queries = new("--query") { Description = "Gives the columns question, answer and, if there is one, as_of.", HelpName = "SELECT" };
    private readonly Option<string?> _journal = new("--journal") { Description = "Keep edits in this SQLite file or PostgreSQL database. Default: beside the model's folder.", HelpName = "PLACE" };
    private readonly Option<string?> _policy = new("--policy") { Description = "Who may change what, as in docs/knowledge-service.md.", HelpName = "FILE" };
    private readonly Option<double> _every = new("--every") { Description = "How often addresses and databases are asked. Files are looked at twice a second.", HelpName = "SECONDS", DefaultValueFactory = _ => 5 };
    private readonly Option<string?> _model = new("--model") { Description = "A model's folder. Default: the embedded model, Atlas.", HelpName = "DIR" };
    private readonly Option<string?> _report = new("--report") { Description = "Add a line of JSON for every pass to this file.", HelpName = "FILE" };
    private readonly Option<bool> _plain = new("--plain") { Description = "One line for every event instead of the live view. Default where the output is no terminal." };

    /// <summary>Declares them.</summary>
    /// <param name="run">Runs the bot, and gives the exit code.</param>
    public BotCommandLine(Func<BotOptions, CancellationToken, Task<int>> run)
        : base("Watches sources of facts, and corrects a running model where it says otherwise.\nWithout options: a demonstration on the embedded model.")
    {
        _every.Validators.Add(CheckSeconds);
        foreach (Option option in new Option[] { _once, _watch, _sources, _databases, _queries, _journal, _policy, _every, _model, _report, _plain })
        {
            Add(option);
        }

        Validators.Add(Check);
        SetAction((parsed, cancellationToken) => run(Read(parsed), cancellationToken));
    }

    private static void CheckSeconds(OptionResult seconds)
    {
        if (seconds.GetValueOrDefault<double>() is not (> 0 and <= 86_400))
        {
            seconds.AddError("--every takes a number of seconds above 0, at most 86400.");
        }
    }

    private void Check(CommandResult result)
    {
        bool once = result.GetValue(_once), watch = result.GetValue(_watch);
        if (once && watch)
        {
            result.AddError("Give --once or --watch, not both.");
        }

        if ((result.GetValue(_databases) ?? []).Length != (result.GetValue(_queries) ?? []).Length)
        {
            result.AddError("Each --sql needs a --query.");
        }

        Option[] needing = [_sources, _databases, _journal, _policy, _model];
        if (!once && !watch && needing.FirstOrDefault(option => result.GetResult(option) is not null) is { } alone)
        {
            result.AddError($"{alone.Name} needs --once or --watch; without them the demonstration runs on sources of its own.");
        }
    }

    private BotOptions Read(ParseResult parsed) => new()
    {
        Mode = parsed.GetValue(_once) ? BotMode.Once : parsed.GetValue(_watch) ? BotMode.Watch : BotMode.Demonstration,
        Sources =
        [
            .. (parsed.GetValue(_sources) ?? []).Select(place => new SourcePlace(place)),
            .. (parsed.GetValue(_databases) ?? []).Zip(parsed.GetValue(_queries) ?? [], (place, query) => new SourcePlace(place, query)),
        ],
        Journal = parsed.GetValue(_journal),
        Policy = parsed.GetValue(_policy),
        Every = TimeSpan.FromSeconds(parsed.GetValue(_every)),
        Model = parsed.GetValue(_model),
        Report = parsed.GetValue(_report),
        Plain = parsed.GetValue(_plain) || Console.IsOutputRedirected,
    };
}
