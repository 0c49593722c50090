using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using Ibke.Cli.Commands;
using Ibke.Cli.Terminals;

namespace Ibke.Cli;

/// <summary>The command line: finds the command, runs it, and turns every ending into a line for people and an exit code.</summary>
internal sealed class Application
{
    private readonly Terminal _terminal;
    private readonly RootCommand _root;
    private readonly Option<bool> _debug = new("--debug")
    {
        Description = "Show stack traces of errors. The same as IBKE_DEBUG=1.",
        Recursive = true,
    };

    /// <summary>Builds the commands.</summary>
    public Application(Terminal terminal)
    {
        _terminal = terminal;
        _root = new RootCommand(
            "ibke: a language model on this machine whose knowledge can be corrected while it runs.\n"
            + "Start with `ibke chat`, or `ibke inspect` to see which model is used. Each command's --help has examples.\n"
            + "From a clone, `ibke` is: dotnet run -c Release --project samples/Ibke.Cli --")
        {
            new ChatCommand(terminal),
            new GenerateCommand(terminal),
            new EditCommand(terminal),
            new VerifyCommand(terminal),
            new ProposeCommand(terminal),
            new SweepCommand(terminal),
            new JournalCommand(terminal),
            new ScoreCommand(terminal),
            new InspectCommand(terminal),
            new TokenizeCommand(terminal),
            new RenderCommand(terminal),
            new BenchCommand(terminal),
            new WorldCommand(terminal),
            new TrainEditorCommand(terminal),
            new SkillsCommand(terminal),
            new TrainModelCommand(terminal),
            _debug,
        };
        foreach (DecisionCommand decision in DecisionCommand.All(terminal))
        {
            _root.Add(decision);
        }

        foreach (HelpOption help in _root.Options.OfType<HelpOption>())
        {
            help.Action = new TeachingHelpAction((HelpAction)help.Action!);
        }
    }

    /// <summary>Runs one command.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        // Numbers are read and written the same everywhere.
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        ParseResult parsed = _root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not TeachingHelpAction)
        {
            return arguments.Count == 0 ? ReportNothingAsked() : ReportUsage(parsed);
        }

        bool debug = parsed.GetValue(_debug) || Environment.GetEnvironmentVariable("IBKE_DEBUG") == "1";
        InvocationConfiguration configuration = new()
        {
            Output = _terminal.Out,
            Error = _terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _terminal.Error.WriteLine("ibke: cancelled.");
            return ExitCode.Cancelled;
        }
        catch (Exception exception)
        {
            ReportFailure(exception, debug);
            return ExitCode.Usage;
        }
    }

    // `ibke` alone: the help teaches more than an error does.
    private int ReportNothingAsked()
    {
        _root.Parse("--help").Invoke(new InvocationConfiguration { Output = _terminal.Error, Error = _terminal.Error });
        return ExitCode.Usage;
    }

    private int ReportUsage(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string path = command == _root ? "ibke" : $"ibke {command.Name}";
        string problem = command == _root && parsed.UnmatchedTokens.Count > 0
            ? $"There is no command or option '{parsed.UnmatchedTokens[0]}'."
            : string.Join(" ", parsed.Errors.Select(error => error.Message).Distinct());
        _terminal.Error.WriteLine($"ibke: {problem} See `{path} --help`.");
        return ExitCode.Usage;
    }

    private void ReportFailure(Exception exception, bool debug)
    {
        string message = debug ? exception.ToString() : exception.Message.ReplaceLineEndings(" ");
        string hint = debug || exception is CommandException ? "" : $" ({exception.GetType().Name}; --debug shows more)";
        _terminal.Error.WriteLine($"ibke: {message}{hint}");
    }
}
