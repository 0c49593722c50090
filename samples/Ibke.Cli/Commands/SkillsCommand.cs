using System.CommandLine;
using System.Globalization;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring;
using Ibke.Runtime.Scoring.Skills;
using Spectre.Console;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke skills</c>: how many replies of conversations a model gives to the last token.</summary>
internal sealed class SkillsCommand : CliCommand
{
    private const string Pattern = "skills-*.jsonl";

    private readonly Terminal _terminal;
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly Option<WeightStorage> _weights = WeightsOption.Create();
    private readonly Option<string[]> _skills = new("--skills", "-s")
    {
        Description = $"A file of conversations, or a folder: each {Pattern} in it. May be given more than once.",
        HelpName = "PATH",
        Required = true,
    };

    private readonly Option<int?> _limit = NumberOption.Create<int>("--limit", "At most so many lines of each file.", 1);
    private readonly Option<int?> _failures = NumberOption.Create<int>("--failures", "Show so many wrong replies of each file.", 0);
    private readonly Option<bool> _tags = new("--tags") { Description = "Show the replies by the tags of their messages." };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document." };

    /// <summary>Declares the options.</summary>
    public SkillsCommand(Terminal terminal)
        : base("skills", "Measures what a model can do: the share of replies that are right to the last token and end there.")
    {
        _terminal = terminal;
        foreach (Option option in new Option[] { _model, _weights, _skills, _limit, _failures, _tags, _json })
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("ibke skills --skills world", "every skill that `ibke world --out world` wrote"),
        new("ibke skills --skills world/skills-tools.jsonl --tags --failures 10", "by kind of turn, with ten wrong replies"),
    ];

    /// <inheritdoc/>
    public override string Notes =>
        """
        A line is {"messages": [...], "tools"?: [...]}: every message of the assistant is a wanted reply, unless it has "learn": false; "tag" names what
        it shows. Or {"parts": [["text", 0], [" answer.", 1]]}: what has a weight is wanted.
        A reply counts if greedy generation gives all of it and its end, after the right conversation before it. The interval is Wilson's, 95 %.
        """;

    /// <inheritdoc/>
    protected override Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        string[] files = [.. arguments.GetValue(_skills)!.SelectMany(Files)];
        using LanguageModel model = ModelLoading.Load(_terminal, ModelOption.Resolve(arguments.GetValue(_model)), arguments.GetValue(_weights));
        SkillMeasurement measurement = new(model);
        List<SkillScores> scores = [];
        foreach (string file in files)
        {
            scores.Add(measurement.Measure(
                file,
                limit: arguments.GetValue(_limit),
                failures: arguments.GetValue(_failures) ?? 0,
                progress: Progress(Path.GetFileName(file)),
                cancellationToken: cancellation));
        }

        Print(scores, arguments.GetValue(_tags), arguments.GetValue(_json));
        return Task.FromResult(ExitCode.Success);
    }

    private static IEnumerable<string> Files(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        string[] files = Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, Pattern).Order(StringComparer.Ordinal)] : [];
        return files.Length > 0 ? files
            : throw new CommandException($"{path} is no file, and no folder with {Pattern} (--skills). `ibke world --out {path}` writes them.");
    }

    private Action<int, int>? Progress(string file) => _terminal.ErrorIsTerminal
        ? (done, total) => _terminal.Error.Write($"\r{file}: {done} of {total}   {(done == total ? "\r" : "")}")
        : null;

    private void Print(List<SkillScores> scores, bool tags, bool json)
    {
        if (json)
        {
            _terminal.Out.WriteLine(JsonText.Document(scores));
            return;
        }

        Table table = _terminal.CreateTable("skill", "right", "of", "share", "95 %");
        foreach (SkillScores score in scores)
        {
            Row(table, score.Skill, score.Replies);
            if (score.Calls.Asked > 0)
            {
                Row(table, "  calls", score.Calls);
            }

            if (score.Conversations.Asked != score.Replies.Asked)
            {
                Row(table, "  whole conversations", score.Conversations);
            }

            foreach (TagScore tag in tags ? score.Tags : [])
            {
                Row(table, "  " + tag.Tag, tag.Replies);
            }
        }

        _terminal.Write(table);
        foreach ((string skill, FailedReply failure) in scores.SelectMany(score => score.Failures.Select(failure => (score.Skill, failure))))
        {
            _terminal.Out.WriteLine($"{skill}, line {failure.Line} {failure.Tag}\n  wanted {failure.Wanted}\n  given  {failure.Given}");
        }
    }

    private static void Row(Table table, string name, Proportion share)
    {
        string[] cells =
        [
            name, share.Right.ToString(CultureInfo.InvariantCulture), share.Asked.ToString(CultureInfo.InvariantCulture), Percent(share.Share),
            $"{Percent(share.Low)} – {Percent(share.High)}",
        ];
        table.AddRow([.. cells.Select(Markup.Escape)]);
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0}");
}
