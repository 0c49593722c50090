using System.CommandLine;
using System.Globalization;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Editors;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke train-editor</c>: trains the editor of a model.</summary>
internal sealed class TrainEditorCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly Option<string[]> _facts = new("--facts", "-f")
    {
        Description = "Edits to train on. May be given more than once.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string> _out = OutOption.Create("The folder that the editor is written to.");
    private readonly Option<string?> _validation = new("--validation")
    {
        Description = "Held-out edits to look at while training. Default: those of a tenth of the subjects.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _conversations = new("--conversations")
    {
        Description = "Conversations and texts that edits must leave alone, as JSON lines. May be given more than once.",
        HelpName = "FILE",
    };

    private readonly Option<NeuronForm> _form = new("--form") { Description = "The form of the updates.", DefaultValueFactory = _ => NeuronForm.Recall };
    private readonly Option<int?> _steps = NumberOption.Create("--steps", "Steps of the optimizer. Default: 1000.", 1, 1_000_000);
    private readonly Option<int?> _group = NumberOption.Create("--group", "Edits of a step, in force together. Default: 32.", 1, 4096);
    private readonly Option<int?> _background = NumberOption.Create("--background", "Earlier edits in force beside them. Default: 0.", 0, 100_000);
    private readonly Option<double?> _rate = NumberOption.Create<double>("--rate", "The peak learning rate. Default: 0.001.", 1e-9, 10);
    private readonly Option<double?> _locality = NumberOption.Create<double>("--locality", "The weight λ of the locality constraint. Default: 1.", 0, 1e6);
    private readonly Option<double?> _latent = NumberOption.Create<double>("--latent", "The weight β of the latent's constraint. Default: 0.001.", 0, 1e6);
    private readonly Option<double?> _threshold = NumberOption.Create<double>(
        "--threshold", "The bias that the thresholds of neurons start from, before the sigmoid. Default: 1 in recall, else 0.", -5, 5);

    private readonly Option<int?> _held = NumberOption.Create("--validation-edits", "Held-out edits in force when looked at. Default: 64.", 1, 100_000);
    private readonly Option<int?> _every = NumberOption.Create("--validate-every", "Steps between two looks; 0 for the end only. Default: 250.", 0, 1_000_000);
    private readonly Option<int?> _seed = NumberOption.Create("--seed", "Decides every draw. Default: 0.", 0, int.MaxValue);

    /// <summary>Declares the options.</summary>
    public TrainEditorCommand(Terminal terminal)
        : base("train-editor", "Trains the editor of a model on edits; goes on where an earlier run was ended.")
    {
        _terminal = terminal;
        foreach (Option option in new Option[]
        {
            _model, _facts, _out, _validation, _conversations, _form, _steps, _group, _background, _rate, _locality, _latent, _threshold, _held, _every, _seed,
        })
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("ibke train-editor --model my-model --facts edits.jsonl --out my-editor", "train an editor, or go on with it"),
        new("ibke train-editor --facts counterfact.json --out my-editor --steps 3000", "CounterFact and ZsRE are read as they are published"),
        new("ibke train-editor --facts facts.csv --out my-editor", "subject,relation,object with facts.templates.json beside it"),
    ];

    /// <inheritdoc/>
    public override string Notes =>
        """
        A line of --facts: {"subject", "relation"?, "prompt", "answer", "previous"?, "rephrasings": [..], "cloze"?: [..], "conversations"?: [..],
        "locality": [{"prompt", "kind"?, "form"?, "subject"?, "relation"?}], "keep"?: [chats]}. The more rephrasings and unrelated prompts, the better the editor.
        Losses: edit, sg (rephrasings), il (unrelated prompts), itm (the latent), chat and kept (the same at the end of, and in, conversations).
        Copy editor.json and editor.safetensors into the model's folder to use the editor; it serves these weights only.
        DIR/training.safetensors is what an ended run goes on from, with the same losses to the bit; it is removed when the editor is complete.
        """;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        EditorTrainingData data = Data(arguments);
        EditorTrainingOptions options = Settings(arguments);
        using LanguageModel model = ModelLoading.Load(_terminal, ModelOption.Resolve(arguments.GetValue(_model)), WeightStorage.AsStored);
        string folder = OutOption.Resolve(arguments.GetValue(_out)!);
        IReadOnlyList<EditorScores> scores = await Task.Run(
            () => EditorTraining.Run(model, data, folder, options, Report, cancellation), CancellationToken.None);
        foreach (EditorScores last in scores)
        {
            _terminal.Out.WriteLine(Line(last));
        }

        _terminal.Out.WriteLine(folder);
        return ExitCode.Success;
    }

    private static string Line(EditorScores scores) => string.Create(
        CultureInfo.InvariantCulture,
        $"{scores.Edits} held-out edits in force: reliability {scores.Reliability:P1}, generality {scores.Generality:P1}, locality {scores.Locality:P1}");

    private EditorTrainingData Data(ParseResult arguments)
    {
        const double HeldOut = 0.1;
        string[] files = arguments.GetValue(_facts)!;
        EditCase[] cases = [.. files.SelectMany(file => EditCaseFile.Read(file))];
        string name = string.Join(", ", files.Select(Path.GetFileName));
        string? validation = arguments.GetValue(_validation);
        EditorTrainingData data = EditorTrainingData.Split(name, cases, validation is null ? HeldOut : 0);
        return data with
        {
            Validation = validation is null ? data.Validation : EditCaseFile.Read(validation),
            Conversations = arguments.GetValue(_conversations) ?? [],
        };
    }

    private EditorTrainingOptions Settings(ParseResult arguments)
    {
        EditorTrainingOptions usual = new();
        return usual with
        {
            Form = arguments.GetValue(_form),
            Steps = arguments.GetValue(_steps) ?? usual.Steps,
            Group = arguments.GetValue(_group) ?? usual.Group,
            Background = arguments.GetValue(_background) ?? usual.Background,
            LearningRate = arguments.GetValue(_rate) ?? usual.LearningRate,
            Weights = usual.Weights with
            {
                Locality = arguments.GetValue(_locality) ?? usual.Weights.Locality,
                Latent = arguments.GetValue(_latent) ?? usual.Weights.Latent,
            },
            InitialThreshold = (float?)arguments.GetValue(_threshold),
            ValidationEdits = arguments.GetValue(_held) ?? usual.ValidationEdits,
            ValidationInterval = arguments.GetValue(_every) ?? usual.ValidationInterval,
            Seed = arguments.GetValue(_seed) ?? usual.Seed,
        };
    }

    private void Report(EditorTrainingProgress progress)
    {
        if (progress.Note is { } note)
        {
            _terminal.Error.WriteLine(note);
            return;
        }

        if (progress.Losses is { } losses)
        {
            _terminal.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"step {progress.Step}/{progress.Steps}  edit {losses.Edit:0.000}  sg {losses.Generality:0.000}  chat {losses.Conversations:0.000}  "
                + $"il {losses.Locality:0.0000}  kept {losses.KeptConversations:0.0000}  itm {losses.Latent:0.0}  rate x{progress.RateFactor:0.00}  "
                + $"{progress.SecondsPerStep:0.00} s/step  {progress.TimeLeft:h\\:mm\\:ss} left"));
        }

        if (progress.Scores is { } scores)
        {
            _terminal.Error.WriteLine(Line(scores));
        }
    }
}
