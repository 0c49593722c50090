using System.CommandLine;
using Ibke.Cli.Editing;
using Ibke.Cli.Scoring;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring;
using Ibke.Runtime.Scoring.Reports;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke score</c>: scores ways of editing on the same model, cases and questions.</summary>
internal sealed class ScoreCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly Option<WeightStorage> _weights = WeightsOption.Create();
    private readonly Option<string?> _editor = new("--editor") { Description = "The folder of the trained editor. Default: the model's own.", HelpName = "DIR" };
    private readonly Option<string> _cases = new("--cases", "-c") { Description = "Edits with their questions: JSON lines, CounterFact, ZsRE or CSV.", HelpName = "FILE", Required = true };
    private readonly Option<string?> _templates = new("--templates") { Description = "Templates for cases in CSV. Default: NAME.templates.json beside them.", HelpName = "FILE" };
    private readonly Option<string> _out = OutOption.Create("The folder of the results. A run that ended early goes on there.");
    private readonly Option<IReadOnlyList<int>> _edits = new("--edits")
    {
        Description = "How many edits are in force together. Default: 1,10,50,150, as far as there are cases.",
        HelpName = "N,N,..",
        CustomParser = result => NumberList.Parse("--edits", result),
    };

    private readonly Option<int?> _sample = NumberOption.Create<int>("--sample", "Cases that groups of fewer edits are taken from. Default: 150.", 1);
    private readonly Option<string[]> _methods = new("--methods")
    {
        Description = $"What is scored: {string.Join(", ", EditMethods.Names)}. Default: {EditMethods.Names[0]}.",
        HelpName = "NAME,..",
        CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
    };

    private readonly Option<string[]> _skills = new("--skills") { Description = "Conversations whose replies are asked for before and under the edits. May be given more than once.", HelpName = "FILE" };
    private readonly Option<string?> _tune = new("--tune") { Description = "Validation cases, on which each method's settings are chosen.", HelpName = "FILE" };
    private readonly Option<string?> _train = new("--train") { Description = "Edits that MEND is trained on; it needs some.", HelpName = "FILE" };
    private readonly Option<string[]> _text = new("--text") { Description = "Ordinary text of the model for rome, memit and alphaedit: conversations and texts in JSON lines, or plain text. May be given more than once. Default: the little in its card.", HelpName = "FILE" };
    private readonly Option<double?> _budget = NumberOption.Create<double>("--budget", "Minutes that a method may spend on trying settings. Default: 10.", 0);
    private readonly Option<bool> _json = new("--json") { Description = "Print results.json instead of a table." };

    /// <summary>Declares the options.</summary>
    public ScoreCommand(Terminal terminal)
        : base("score", "Scores ways of editing: reliability, generality, locality, portability, skills, drift and cost.")
    {
        _terminal = terminal;
        foreach (Option option in new Option[] { _model, _editor, _cases, _templates, _edits, _sample, _methods, _skills, _tune, _train, _text, _budget, _out, _weights, _json })
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("ibke score --cases tests/goldens/atlas/edits.jsonl --edits 1,10 --out scores", "the embedded model's editor, with 1 and 10 edits in force"),
        new("ibke score --cases cases.jsonl --methods ibke,rome,memit --text singles.jsonl --tune validation.jsonl --budget 5 --out scores", "against others, each tuned for up to 5 minutes"),
    ];

    /// <inheritdoc/>
    public override string Notes =>
        """
        Answers are free greedy replies through the chat template; one counts only if the whole answer and its end are right.
        --out gets report.html (open it in a browser), results.json, results.csv and journal.jsonl. The same command again goes on where it ended; with further
        methods or numbers of edits it does what is new. docs/scoring.md says what each score means, and how cases are written.
        """;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        string? editor = arguments.GetValue(_editor);
        string folder = arguments.GetValue(_out)!;
        ScoreSettings settings = new()
        {
            Cases = EditCaseReader.ReadFile(arguments.GetValue(_cases)!, arguments.GetValue(_templates)),
            Folder = folder,
            EditorFolder = editor,
            SkillFiles = arguments.GetValue(_skills) ?? [],
            Validation = arguments.GetValue(_tune) is { } tune ? EditCaseReader.ReadFile(tune) : [],
            TextFiles = arguments.GetValue(_text) ?? [],
            Training = arguments.GetValue(_train) is { } train ? EditCaseReader.ReadFile(train) : [],
        };
        settings = settings with
        {
            Edits = arguments.GetValue(_edits) is { Count: > 0 } edits ? edits : [.. settings.Edits.Where(count => count <= settings.Cases.Count)],
            Sample = arguments.GetValue(_sample) ?? settings.Sample,
            TuningBudget = arguments.GetValue(_budget) is { } minutes ? TimeSpan.FromMinutes(minutes) : settings.TuningBudget,
        };
        using LanguageModel model = ModelLoading.Load(_terminal, ModelOption.Resolve(arguments.GetValue(_model)), arguments.GetValue(_weights));
        ModelLoading.RequireTokenizer(model);
        ScoreReport report = await ScoreAsync(model, editor, settings, arguments.GetValue(_methods) is { Length: > 0 } names ? names : [EditMethods.Names[0]], cancellation);
        ReportFiles.Write(report, folder);
        if (arguments.GetValue(_json))
        {
            _terminal.Out.Write(await File.ReadAllTextAsync(Path.Combine(folder, ReportFiles.JsonName), cancellation));
        }
        else
        {
            ScorePrinter.Print(_terminal, report, Path.Combine(folder, ReportFiles.HtmlName));
        }

        return report.Results.Any(result => result.Reverted == false || result.Problem is not null) ? ExitCode.Failed : ExitCode.Success;
    }

    private async Task<ScoreReport> ScoreAsync(
        LanguageModel model, string? editor, ScoreSettings settings, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        if (names.FirstOrDefault(name => !EditMethods.Names.Contains(name)) is { } unknown)
        {
            throw new CommandException($"There is no method '{unknown}'. There are: {string.Join(", ", EditMethods.Names)}.");
        }

        if (names.Contains(EditMethods.Mend) && settings.Training.Count == 0)
        {
            throw new CommandException($"The method {EditMethods.Mend} is trained before it edits. Name edits for that with --train FILE, others than those that are scored.");
        }

        try
        {
            EditMethods known = new(
                model, editor, settings.TextFiles.Count > 0 ? ReferenceDocuments.Read(model, settings.TextFiles) : null, settings.Training);
            ScoredMethod[] methods = [.. names.Distinct().Select(name => new ScoredMethod(name, known.Choices(name)))];
            ScoreRun run = new(model, settings);
            StepLog log = new(_terminal);
            return await ProgressDisplay.RunAsync(_terminal, "score", run.Groups * methods.Length, progress => Task.Run(
                () => run.Run(
                    methods,
                    step =>
                    {
                        progress(step.Done, step.Step);
                        log.Tell(step);
                    },
                    cancellation),
                cancellation));
        }
        catch (ScoreException e)
        {
            throw new CommandException(e.Message, e);
        }
    }
}
