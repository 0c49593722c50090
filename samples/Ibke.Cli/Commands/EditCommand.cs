using System.CommandLine;
using Ibke.Cli.Editing;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke edit</c>: tries edits on the running model and shows how they are judged.</summary>
internal sealed class EditCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly Option<WeightStorage> _weights = WeightsOption.Create();
    private readonly Option<string?> _question = new("--question", "-q") { Description = "The question whose answer changes.", HelpName = "TEXT" };
    private readonly Option<string?> _answer = new("--answer", "-a") { Description = "The whole answer the model is to give.", HelpName = "TEXT" };
    private readonly Option<string?> _subject = new("--subject", "-s")
    {
        Description = "What the fact is about, spelled as in the question. Default: found by the model's card.",
        HelpName = "TEXT",
    };

    private readonly Option<string[]> _rephrasings = new("--rephrasing")
    {
        Description = "Another way to ask the same, for judging. May be given more than once.",
        HelpName = "TEXT",
    };

    private readonly Option<string[]> _neighbours = new("--neighbour")
    {
        Description = "A question whose answer must stay. May be given more than once.",
        HelpName = "TEXT",
    };

    private readonly Option<string?> _file = new("--file", "-f") { Description = "Many edits: JSON lines, CounterFact, ZsRE or CSV.", HelpName = "FILE" };
    private readonly Option<string[]> _ask = new("--ask")
    {
        Description = "A question to answer afterwards, under the edits. May be given more than once.",
        HelpName = "TEXT",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document." };

    /// <summary>Declares the options.</summary>
    public EditCommand(Terminal terminal)
        : base("edit", "Corrects what the model knows, judges the corrections, and answers questions under them.")
    {
        _terminal = terminal;
        foreach (Option option in new Option[] { _model, _weights, _question, _answer, _subject, _rephrasings, _neighbours, _file, _ask, _json })
        {
            Add(option);
        }

        Validators.Add(result =>
        {
            bool single = result.GetResult(_question) is not null || result.GetResult(_answer) is not null;
            if (single == result.GetResult(_file) is not null)
            {
                result.AddError("Give either --question and --answer, or --file.");
            }
            else if (single && (result.GetResult(_question) is null || result.GetResult(_answer) is null))
            {
                result.AddError("An edit needs both --question and --answer.");
            }
        });
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("""ibke edit -q "Where is Jade Foods headquartered?" -a Tamfield --ask "Where is Jade Foods based?" """.TrimEnd(),
            "edit one fact, then ask for it in other words"),
        new("""ibke edit -q "Who leads Jade Foods?" -a "Mira Solberg" --neighbour "Who founded Jade Foods?" """.TrimEnd(),
            "have the edit judged on a neighbour too"),
        new("ibke edit --file edits.jsonl --json > results.json", "make many edits, all in force together at the end"),
    ];

    /// <inheritdoc/>
    public override string Notes =>
        """
        The edits live in this process only and are gone when it ends; no file is changed. Use --ask to see their effect.
        A line of --file is {"prompt", "answer", "subject"?, "rephrasings"?: [..], "locality"?: [{"prompt"}], "source"?}; other fields are ignored.
        CounterFact and ZsRE files are read as they are published; so is a .csv file of subject,relation,object with NAME.templates.json beside it.
        Scores are of free greedy replies, whole answer and end of turn: reliability (the edit's own question), generality (other wordings),
        locality (unrelated questions answered as before), drift (KL divergence a token on ordinary text).
        An edit that fails a check is rejected and leaves no trace; the exit code is then 1.
        """;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        IReadOnlyList<EditRequest> requests = arguments.GetValue(_file) is { } file ? [.. EditCaseReader.ReadFile(file).Select(item => item.ToRequest())] : [Request(arguments)];
        using LanguageModel model = ModelLoading.Load(
            _terminal, ModelOption.Resolve(arguments.GetValue(_model)), arguments.GetValue(_weights));
        KnowledgeEditor editor = ModelLoading.LoadEditor(_terminal, model);
        List<EditOutcome> edits = await ProgressDisplay.RunAsync(
            _terminal, "edit", requests.Count, progress => EditAllAsync(editor, requests, progress, cancellation));
        List<EditAnswer> answers = [];
        foreach (string question in arguments.GetValue(_ask) ?? [])
        {
            VerifyResult answer = await editor.VerifyAsync(question, cancellation);
            answers.Add(new EditAnswer(question, answer.Answer, answer.EditId));
        }

        EditReport report = new(editor.Method, edits, answers);
        if (arguments.GetValue(_json))
        {
            _terminal.Out.WriteLine(JsonText.Document(report));
        }
        else
        {
            EditPrinter.Print(_terminal, report);
        }

        return edits.Exists(edit => edit.Result.Status == EditStatus.Rejected) ? ExitCode.Failed : ExitCode.Success;
    }

    private static async Task<List<EditOutcome>> EditAllAsync(
        KnowledgeEditor editor, IReadOnlyList<EditRequest> requests, Action<int, string?> progress, CancellationToken cancellation)
    {
        List<EditOutcome> outcomes = [];
        foreach (EditRequest request in requests)
        {
            outcomes.Add(new EditOutcome(request.Prompt, request.Answer, await editor.EditAsync(request, cancellation)));
            progress(outcomes.Count, null);
        }

        return outcomes;
    }

    private EditRequest Request(ParseResult arguments) => new()
    {
        Prompt = arguments.GetValue(_question)!,
        Answer = arguments.GetValue(_answer)!,
        Subject = arguments.GetValue(_subject),
        Rephrasings = arguments.GetValue(_rephrasings) ?? [],
        Neighbours = arguments.GetValue(_neighbours) ?? [],
        Requester = "ibke edit",
    };
}
