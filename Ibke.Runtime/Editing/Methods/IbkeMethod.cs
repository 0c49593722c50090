using System.Diagnostics;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>IBKE with a trained editor: every edit is computed on the base model, by itself; the updates stack.</summary>
public sealed class IbkeMethod : IEditMethod
{
    private readonly EditTexts _texts;

    private IbkeMethod(LanguageModel model, string folder)
    {
        (Computation, Form) = EditComputation.Load(model, folder);
        _texts = new EditTexts(model, ModelCard.Load(model.Folder), Form.Form);
    }

    /// <inheritdoc/>
    public string Name => Form.Form == NeuronForm.Linear ? "ibke-linear" : "ibke";

    /// <summary>From the text of one edit to its update.</summary>
    internal EditComputation Computation { get; }

    /// <summary>How updates become neurons.</summary>
    internal UpdateForm Form { get; }

    /// <summary>Loads the editor that was trained for a model.</summary>
    /// <param name="model">Must outlive the method.</param>
    /// <param name="editorFolder">Holds <c>editor.json</c> and <c>editor.safetensors</c>; null for the model's own folder.</param>
    /// <exception cref="EditorMismatchException">The editor was made for another model.</exception>
    /// <exception cref="Checkpoints.CheckpointException">A file is missing or damaged; says which and where.</exception>
    /// <exception cref="InvalidOperationException">The model has no chat template.</exception>
    public static IbkeMethod Load(LanguageModel model, string? editorFolder = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new IbkeMethod(model, editorFolder ?? model.Folder);
    }

    /// <inheritdoc/>
    public EditsInForce Apply(IReadOnlyList<EditRequest> requests, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        long start = Stopwatch.GetTimestamp();
        List<ComputedEdit> computed = [];
        try
        {
            foreach (EditRequest request in requests)
            {
                computed.Add(Computation.Compute(_texts.Create(request), cancellationToken));
            }

            IReadOnlyList<WeightEdit> together = Form.Together(computed);
            WeightEdit[] spare = [.. computed.Select(edit => edit.Alone).Except(together)];
            Array.ForEach(spare, ComputedEdit.Discard);
            return new EditsInForce(together, Stopwatch.GetElapsedTime(start));
        }
        catch
        {
            computed.ForEach(edit => ComputedEdit.Discard(edit.Alone));
            throw;
        }
    }
}
