using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>
/// Computes the update of one edit: gradients on the base model → editor network → neurons; again with these neurons in force while
/// the answer is not yet the greedy one. No other edit is ever in force, so an edit does not depend on any.
/// </summary>
/// <remarks>Thread-safe. Changes nothing: what it returns can be put in force or dropped.</remarks>
internal sealed class EditComputation(LanguageModel model, EditorNetwork network, UpdateForm form, int rounds)
{
    /// <summary>Loads the editor of a folder that was trained for a model, and the form of its updates.</summary>
    /// <exception cref="EditorMismatchException">The editor was made for another model.</exception>
    /// <exception cref="Checkpoints.CheckpointException">A file is missing or damaged; says which and where.</exception>
    public static (EditComputation Computation, UpdateForm Form) Load(LanguageModel model, string folder)
    {
        EditorSettings settings = EditorSettings.Load(folder);
        settings.CheckFits(model);
        EditorTensors tensors = EditorTensors.Open(folder, model.Engine);
        EditorNetwork network = new(settings, tensors, model.Engine);
        UpdateForm form = settings.Form == NeuronForm.Sparse
            ? new SparseForm(model.Engine, network.Normalization)
            : new LinearForm(settings, tensors, model.Engine, network.Normalization);
        return (new EditComputation(model, network, form, settings.Rounds), form);
    }

    /// <summary>Computes an edit.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public ComputedEdit Compute(EditText text, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Operations ops = model.Engine.Operations;
        GradientPass first = GradientPass.Run(model, WeightVersion.Base, text, stopIfGreedy: false);
        EditFactors factors = network.Update(ops, first.Factors!);
        WeightEdit edit = form.Alone(factors);
        try
        {
            int round = 1;
            for (; round < rounds; round++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                GradientPass next = GradientPass.Run(model, new WeightVersion(0, [edit]), text, stopIfGreedy: true);
                if (next.Factors is null)
                {
                    break;
                }

                // The network sees the input of the first round: keys are where the base model is.
                factors = factors.AddValues(network.Update(ops, next.Factors with { Inputs = factors.Inputs }));
                WeightEdit before = edit;
                edit = form.Alone(factors);
                ComputedEdit.Discard(before);
            }

            return new ComputedEdit(factors, edit, round, first.Loss);
        }
        catch
        {
            ComputedEdit.Discard(edit);
            throw;
        }
    }
}
