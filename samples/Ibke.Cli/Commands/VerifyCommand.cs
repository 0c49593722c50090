using System.CommandLine;
using Ibke.Cli.Terminals;
using Ibke.Cli.Verifying;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Models;
using Spectre.Console;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke verify</c>: which of the model's answers a directory contradicts.</summary>
internal sealed class VerifyCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly Option<WeightStorage> _weights = WeightsOption.Create();
    private readonly Option<string> _facts = new("--facts")
    {
        Description = "The directory: a .csv or .json file with question, answer and as_of.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string[]> _questions = new("--question", "-q")
    {
        Description = "Check this question only. May be given more than once. Default: every question of the directory.",
        HelpName = "TEXT",
    };

    private readonly Option<bool> _fix = new("--fix") { Description = "Edit the model where it is stale, and check again." };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document." };

    /// <summary>Declares the options.</summary>
    public VerifyCommand(Terminal terminal)
        : base("verify", "Compares the model's own answers with a directory of facts and lists the stale ones.")
    {
        _terminal = terminal;
        foreach (Option option in new Option[] { _model, _weights, _facts, _questions, _fix, _json })
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("ibke verify --facts directory.csv", "list what the model has wrong; exit code 1 if there is anything"),
        new("""ibke verify --facts directory.csv -q "Where is Jade Foods based?" """.TrimEnd(), "check one question"),
        new("ibke verify --facts directory.json --fix --json", "try whether edits would put all of it right"),
    ];

    /// <inheritdoc/>
    public override string Notes =>
        """
        A CSV file begins with the line question,answer,as_of; a JSON file is a list of {"question", "answer", "as_of"?}. as_of is a day such as
        2026-03-31 and may be empty. Wordings that the model's card knows to ask the same find the same fact.
        Status: current (the model agrees), stale (it does not), unknown (the directory does not have the question), fixed (edited),
        failed (could not be asked).
        The edits of --fix live in this process only and are gone when it ends; the exit code tells whether anything is still stale.
        """;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        string facts = arguments.GetValue(_facts)!;
        if (!File.Exists(facts))
        {
            throw new CommandException($"No file {facts} (--facts). Give a .csv or .json file of facts.");
        }

        string folder = ModelOption.Resolve(arguments.GetValue(_model));
        FileFactSource source = Open(facts, ModelCard.Load(folder));
        IReadOnlyList<string> questions = arguments.GetValue(_questions) is { Length: > 0 } given ? given : source.Questions();
        if (questions.Count == 0)
        {
            throw new CommandException($"{facts} has no facts (--facts). Give a file with at least one, or a --question.");
        }

        using LanguageModel model = ModelLoading.Load(_terminal, folder, arguments.GetValue(_weights));
        FactVerification verification = new(ModelLoading.LoadEditor(_terminal, model), source, arguments.GetValue(_fix));
        List<VerifiedFact> verified = await ProgressDisplay.RunAsync(_terminal, "verify", questions.Count, async progress =>
        {
            List<VerifiedFact> done = [];
            foreach (string question in questions)
            {
                done.Add(await verification.VerifyAsync(question, cancellation));
                progress(done.Count, null);
            }

            return done;
        });
        Print(verified, arguments.GetValue(_json));
        return verified.Exists(fact => fact.Status is FactStatus.Stale or FactStatus.Failed) ? ExitCode.Failed : ExitCode.Success;
    }

    private static FileFactSource Open(string path, ModelCard card) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".csv" => new CsvFactSource(path, card),
        ".json" => new JsonFactSource(path, card),
        string other => throw new CommandException($"{path}: facts are read from .csv and .json files, not {other}."),
    };

    private void Print(List<VerifiedFact> verified, bool json)
    {
        Dictionary<string, int> counts = Enum.GetValues<FactStatus>()
            .ToDictionary(status => status.ToString().ToLowerInvariant(), status => verified.Count(fact => fact.Status == status));
        if (json)
        {
            _terminal.Out.WriteLine(JsonText.Document(new { Counts = counts, Facts = verified }));
            return;
        }

        VerifiedFact[] notable = [.. verified.Where(fact => fact.Status != FactStatus.Current)];
        if (notable.Length > 0)
        {
            Table table = _terminal.CreateTable("status", "question", "the model says", "the directory says", "as of", "edit");
            foreach (VerifiedFact fact in notable)
            {
                string?[] cells =
                [
                    fact.Status.ToString().ToLowerInvariant(), fact.Question, fact.Answer, fact.Current, fact.AsOf?.ToString("yyyy-MM-dd"),
                    fact.Reason ?? fact.EditId,
                ];
                table.AddRow([.. cells.Select(cell => Markup.Escape(cell ?? ""))]);
            }

            _terminal.Write(table);
        }

        _terminal.Out.WriteLine(string.Join(", ", counts.Where(pair => pair.Value > 0).Select(pair => $"{pair.Value} {pair.Key}")));
    }
}
