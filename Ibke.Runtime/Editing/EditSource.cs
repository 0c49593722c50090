using System.Security.Cryptography;
using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>Where a <see cref="KnowledgeEditor"/> has its edits from: a trained editor, or, for a model that has none, a method that needs no training.</summary>
internal abstract class EditSource
{
    /// <summary>The method's name.</summary>
    public abstract string Method { get; }

    /// <summary>Whether it was trained for the model.</summary>
    public abstract bool IsTrained { get; }

    /// <summary>The trained editor of a folder; without a folder that of the model, or else fine-tuning.</summary>
    /// <exception cref="EditorMismatchException">The editor was made for another model.</exception>
    /// <exception cref="Checkpoints.CheckpointException">A file is missing or damaged; says which and where.</exception>
    public static EditSource Load(LanguageModel model, string? editorFolder)
    {
        if (editorFolder is null && !File.Exists(Path.Combine(model.Folder, EditorSettings.FileName)) && FineTuningSource.TryCreate(model) is { } untrained)
        {
            return untrained;
        }

        editorFolder ??= model.Folder;
        (EditComputation computation, UpdateForm form) = EditComputation.Load(model, editorFolder);
        return new TrainedEditor(computation, form, Path.Combine(editorFolder, EditorTensors.FileName));
    }

    /// <summary>The form of its updates, which decides the tokens of an edit's text that it looks at; for a method that changes matrices it does not matter.</summary>
    public virtual NeuronForm Form => NeuronForm.Sparse;

    /// <summary>Computes an edit by itself.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public abstract ComputedEdit Compute(EditText text, CancellationToken cancellationToken);

    /// <summary>What is in force when some edits are. The set decides, not the order.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public abstract IReadOnlyList<WeightEdit> Together(IReadOnlyList<ComputedEdit> edits, CancellationToken cancellationToken);

    /// <summary>SHA-256 of the trained tensors, in hexadecimal; empty where nothing was trained.</summary>
    public abstract string Hash { get; }

    /// <summary>An edit as bytes.</summary>
    public abstract byte[] Store(ComputedEdit edit);

    /// <summary>The same edit again, to the bit.</summary>
    /// <exception cref="InvalidDataException">The bytes are no update of this method and model.</exception>
    public abstract ComputedEdit Restore(EditText text, byte[] update);
}

/// <summary>IBKE.</summary>
internal sealed class TrainedEditor(EditComputation computation, UpdateForm form, string file) : EditSource
{
    private readonly Lazy<string> _hash = new(() =>
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    });

    /// <inheritdoc/>
    public override string Method => form.Form == NeuronForm.Linear ? "ibke-linear" : "ibke";

    /// <inheritdoc/>
    public override NeuronForm Form => form.Form;

    /// <inheritdoc/>
    public override bool IsTrained => true;

    /// <inheritdoc/>
    public override ComputedEdit Compute(EditText text, CancellationToken cancellationToken) => computation.Compute(text, cancellationToken);

    /// <inheritdoc/>
    public override IReadOnlyList<WeightEdit> Together(IReadOnlyList<ComputedEdit> edits, CancellationToken cancellationToken) => form.Together(edits);

    /// <inheritdoc/>
    public override string Hash => _hash.Value;

    /// <inheritdoc/>
    public override byte[] Store(ComputedEdit edit) => UpdateBytes.OfFactors(edit, withInputs: form.Form == NeuronForm.Linear);

    /// <inheritdoc/>
    public override ComputedEdit Restore(EditText text, byte[] update)
    {
        (EditFactors factors, int rounds, float loss) = UpdateBytes.ToFactors(update);
        computation.Check(factors);
        return new ComputedEdit(text, factors, form.Alone(factors), rounds, loss);
    }
}

/// <summary>
/// Constrained fine-tuning: of the methods that need no training the one whose edits hold best. All edits in force are trained together, so each
/// further edit costs as many steps over all of them.
/// </summary>
internal sealed class FineTuningSource : EditSource
{
    private readonly FineTuningMethod _method;
    private readonly Engine _engine;

    private FineTuningSource(FineTuningMethod method, Engine engine) => (_method, _engine) = (method, engine);

    /// <inheritdoc/>
    public override string Method => _method.Name;

    /// <inheritdoc/>
    public override bool IsTrained => false;

    /// <summary>Null for a model whose MLPs are all mixtures of experts.</summary>
    public static FineTuningSource? TryCreate(LanguageModel model)
    {
        int wanted = 2 * model.Config.Layers / 3;
        int[] dense = [.. Enumerable.Range(0, model.Config.Layers)
            .Where(layer => model.Transformer.MlpOutputs[layer] is not null)
            .OrderBy(layer => Math.Abs(layer - wanted))];
        return dense.Length == 0
            ? null
            : new FineTuningSource(new FineTuningMethod(new EditedModel(model), new FineTuningSettings { Layer = dense[0] }), model.Engine);
    }

    /// <inheritdoc/>
    public override ComputedEdit Compute(EditText text, CancellationToken cancellationToken)
    {
        FineTuning trained = _method.Train([text], cancellationToken);
        return new ComputedEdit(text, null, new WeightEdit([trained.Delta]), trained.Steps, trained.LossBefore);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<WeightEdit> Together(IReadOnlyList<ComputedEdit> edits, CancellationToken cancellationToken) => edits.Count <= 1
        ? [.. edits.Select(edit => edit.Alone)]
        : [new WeightEdit([_method.Train([.. edits.OrderBy(edit => edit.Alone.Id, StringComparer.Ordinal).Select(edit => edit.Text)], cancellationToken).Delta])];

    /// <inheritdoc/>
    public override string Hash => "";

    /// <inheritdoc/>
    public override byte[] Store(ComputedEdit edit) => UpdateBytes.OfDelta(edit);

    /// <inheritdoc/>
    public override ComputedEdit Restore(EditText text, byte[] update)
    {
        (MatrixDelta delta, int rounds, float loss) = UpdateBytes.ToDelta(update, _engine);
        return _method.Fits(delta)
            ? new ComputedEdit(text, null, new WeightEdit([delta]), rounds, loss)
            : throw new InvalidDataException($"The update changes {delta.Matrix} by {delta.Shape}, which is none of this model.");
    }
}
