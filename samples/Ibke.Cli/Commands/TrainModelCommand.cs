using System.CommandLine;
using System.Globalization;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Training.LanguageModels;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke train-model</c>: trains a language model from scratch.</summary>
internal sealed class TrainModelCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string> _recipe = new("--recipe", "-r")
    {
        Description = "What the model is trained by, as JSON: sizes, tokenizer, data, steps, rates.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string> _out = OutOption.Create("The folder that the model is written to.");

    private readonly Option<int?> _threads = NumberOption.Create("--threads", "Threads that compute. Default: all processors.", 1, 256);

    /// <summary>Declares the options.</summary>
    public TrainModelCommand(Terminal terminal)
        : base("train-model", "Trains a language model from scratch on texts and chats; goes on where an earlier run was ended.")
    {
        _terminal = terminal;
        Add(_recipe);
        Add(_out);
        Add(_threads);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("ibke train-model --recipe recipe.json --out my-model", "train a model, or go on with it"),
        new("ibke chat --model my-model/checkpoint", "talk to it while it is trained"),
    ];

    /// <inheritdoc/>
    public override string Notes =>
        """
        A recipe:
          {"model": {"hidden_size": 256, "layers": 6, "heads": 4, "key_value_heads": 2, "intermediate_size": 640},
           "tokenizer": {"train_on": ["tokenizer.jsonl"], "vocabulary_size": 3072}, "chat_template": "chat_template.jinja",
           "data": [{"file": "chats.jsonl", "share": 0.8}, {"file": "texts.jsonl", "share": 0.2}],
           "copying_share": [{"until": 300, "value": 0.3}, {"value": 0.1}], "steps": 3000, "tokens_per_step": 7000,
           "optimizer": {"muon_rate": 0.02, "adamw_rate": 0.003, "flat_share": 0.45}, "seed": 1}
        Paths count from the recipe's folder. Shares are of tokens; a share may change over the steps, as that of copying does above.
        DIR/training.jsonl has one report a line. DIR/checkpoint is what an ended run goes on from, with the same losses to the bit; it is removed
        when the model is complete.
        """;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        TrainingRecipe recipe = TrainingRecipe.Load(arguments.GetValue(_recipe)!);
        string folder = OutOption.Resolve(arguments.GetValue(_out)!);
        using CpuEngine engine = new(arguments.GetValue(_threads) is { } threads ? new CpuEngineOptions { Threads = threads } : null);
        await Task.Run(() => TrainingRun.Run(recipe, folder, engine, Report, cancellation), CancellationToken.None);
        _terminal.Out.WriteLine(folder);
        return ExitCode.Success;
    }

    private void Report(TrainingProgress progress)
    {
        string copying = progress.CopyingLoss is { } loss ? string.Create(CultureInfo.InvariantCulture, $"  copying {loss:0.000}") : "";
        string right = string.Join(" ", progress.RightReplies.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:0.000}")));
        _terminal.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"step {progress.Step}/{progress.Steps}  loss {progress.Loss:0.0000}  right {right}{copying}  rate x{progress.RateFactor:0.00}  "
            + $"{progress.TokensPerSecond:0} tokens/s  {progress.TimeLeft:h\\:mm\\:ss} left"));
    }
}
