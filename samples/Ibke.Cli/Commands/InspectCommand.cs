using System.CommandLine;
using Ibke.Cli.Inspecting;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Checkpoints;
using Spectre.Console;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke inspect</c>: what a model folder holds, and what it lacks.</summary>
internal sealed class InspectCommand : CliCommand
{
    private const int ShownFiles = 12;

    private readonly Terminal _terminal;
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly Option<string?> _tokenizer = TokenizerOption.Create();
    private readonly Argument<string?> _folder = new("DIR")
    {
        Description = "The model's folder; the same as --model.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _template = TemplateOption.Create();
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document." };

    /// <summary>Declares the options.</summary>
    public InspectCommand(Terminal terminal)
        : base("inspect", "Shows what a model folder holds: sizes, weights, tokenizer, template, editor, card; and what is wrong with it.")
    {
        _terminal = terminal;
        Add(_folder);
        Add(_model);
        Add(_tokenizer);
        Add(_template);
        Add(_json);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("ibke inspect", "the model that the other commands use by default"),
        new("ibke inspect downloads/some-model", "find out whether a downloaded model can be used"),
        new("ibke inspect --json", "the same for programs"),
    ];

    /// <inheritdoc/>
    public override string Notes => "The exit code is 1 if the engine cannot load the model, or its editor was made for another one.";

    /// <inheritdoc/>
    protected override Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        string folder = ModelOption.Resolve(arguments.GetValue(_folder) ?? arguments.GetValue(_model));
        ModelReport report = ModelInspector.Inspect(
            folder,
            TokenizerOption.Resolve(arguments.GetValue(_tokenizer)),
            arguments.GetValue(_template) is { } file ? TemplateOption.Load(file) : null,
            cancellation);
        if (arguments.GetValue(_json))
        {
            _terminal.Out.WriteLine(JsonText.Document(report));
        }
        else
        {
            Print(report);
        }

        return Task.FromResult(report.Loads && report.Editor is null or { ForThisModel: not false } ? ExitCode.Success : ExitCode.Failed);
    }

    private static IEnumerable<(string Name, string? Value)> Rows(ModelReport report)
    {
        yield return ("folder", report.Folder);
        yield return ("loads", report.Loads ? "yes" : "no");
        yield return ("architecture", report.Architecture);
        foreach ((string Name, string Value) part in report.Config is { } config ? ConfigDescription.Parts(config) : [])
        {
            yield return part;
        }

        if (report.Weights is { } weights)
        {
            yield return ("parameters", $"{weights.Parameters:N0}");
            foreach (StoredAs stored in weights.Types)
            {
                yield return ($"stored as {stored.Type}", $"{stored.Tensors} tensors, {stored.Bytes / 1e6:0.0} MB");
            }

            yield return ("sha256", weights.Sha256);
        }

        yield return ("tokenizer", report.Tokenizer is { } tokenizer
            ? $"{tokenizer.Kind ?? "BPE"}, {tokenizer.VocabularySize} tokens, begins {tokenizer.BosToken ?? "with nothing"}, ends {tokenizer.EosToken ?? "with nothing"}"
            : null);
        yield return ("chat template", report.Template is { } template ? $"\"Hello\" becomes {JsonText.Line(template.Example)}" : null);
        if (report.Template?.ToolCalls is { } calls)
        {
            yield return ("tool calls", calls);
        }

        if (report.Generation is { } generation && Defaults(generation) is { Length: > 0 } defaults)
        {
            yield return ("generation", defaults);
        }

        yield return ("editor", report.Editor is { } editor
            ? $"{editor.Format}, at most {editor.Rounds} rounds, {MadeFor(editor)}"
            : null);
        yield return ("card", report.Card is { } card
            ? $"{card.Wordings} wordings of {card.WordingGroups} questions, {card.LocalityQuestions} questions that edits must leave alone, {card.Sentences} sentences, {card.Canaries} canaries"
            : null);
        if (report.Files.Count > 0)
        {
            string more = report.Files.Count > ShownFiles ? $" and {report.Files.Count - ShownFiles} more" : "";
            yield return ("files", string.Join(", ", report.Files.Take(ShownFiles).Select(file => $"{file.Name} ({Size(file.Bytes)})")) + more);
        }
    }

    private static string Defaults(GenerationConfig generation)
    {
        (string Name, object? Value)[] values =
        [
            ("", generation.DoSample switch { null => null, true => "sampled", false => "greedy" }), ("temperature", generation.Temperature), ("top-k", generation.TopK), ("top-p", generation.TopP),
            ("repetition penalty", generation.RepetitionPenalty), ("at most", generation.MaxNewTokens),
            ("ends with", generation.EosTokenIds.Count == 0 ? null : string.Join(" or ", generation.EosTokenIds)),
        ];
        return string.Join(", ", values.Where(pair => pair.Value is not null).Select(pair => $"{pair.Name} {pair.Value}".Trim()));
    }

    private static string Size(long bytes) => bytes < 10_000 ? $"{bytes} B" : bytes < 1_000_000 ? $"{bytes / 1e3:0} kB" : $"{bytes / 1e6:0.0} MB";

    private void Print(ModelReport report)
    {
        Table table = _terminal.CreateTable("", "");
        foreach ((string name, string? value) in Rows(report))
        {
            table.AddRow(Markup.Escape(name), Markup.Escape(value ?? "none"));
        }

        _terminal.Write(table);
        foreach (string problem in report.Problems)
        {
            _terminal.Out.WriteLine($"! {problem}");
        }
    }

    private static string MadeFor(EditorReport editor) => editor.ForThisModel switch
    {
        true => "made for this model",
        false => "MADE FOR ANOTHER MODEL",
        null => "does not say for which weights it was made (no model_sha256)",
    };
}
