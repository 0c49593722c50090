using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>
/// Computes updates of edits: gradients on the base model → editor network → neurons; again with these neurons in force while the answer
/// is not yet the greedy one. No other edit is ever in force, so an edit does not depend on any.
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
        UpdateForm form = settings.Form == NeuronForm.Linear
            ? new LinearForm(settings, tensors, model.Engine, network.Space)
            : new SparseForm(model.Engine, network.Space, settings.Form);
        return (new EditComputation(model, network, form, settings.Rounds), form);
    }

    /// <summary>Refuses factors that are not of this editor's sizes.</summary>
    /// <exception cref="InvalidDataException">They are not.</exception>
    public void Check(EditFactors factors)
    {
        NeuronSpace space = network.Space;
        int hidden = model.Config.HiddenSize, keys = space is RecallSpace recall ? recall.Metrics[0].Shape.Rows : hidden;
        bool linear = form.Form == NeuronForm.Linear;
        if (!Fits(factors.Inputs, hidden, linear) || !Fits(factors.Values, hidden, true) || !Fits(factors.Keys, keys, !linear) || !Fits(factors.Thresholds, 1, !linear))
        {
            throw new InvalidDataException($"The update is not one of this editor: {space.Layers} layers of size {hidden}, keys of {keys}.");
        }

        bool Fits(IReadOnlyList<float[]> layers, int columns, bool wanted) =>
            wanted ? layers.Count == space.Layers && layers.All(layer => layer.Length == factors.Rows * columns) : layers.Count == 0;
    }

    /// <summary>Computes an edit.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public ComputedEdit Compute(EditText text, CancellationToken cancellationToken) => Compute([text], cancellationToken)[0];

    /// <summary>
    /// Computes many edits side by side, each as if it were alone, but for the last bits: products of many rows may be rounded otherwise than
    /// those of few.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public IReadOnlyList<ComputedEdit> Compute(IReadOnlyList<EditText> texts, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Operations ops = model.Engine.Operations;
        GradientPass first = GradientPass.Run(model, WeightVersion.Base, texts, network.Space.FirstLayer, stopIfGreedy: false);
        EditFactors[] factors = [.. network.Update(ops, first.Factors!).Split(RowCounts(texts))];
        WeightEdit[] edits = [.. factors.Select(form.Alone)];
        try
        {
            int[] taken = [.. texts.Select(_ => 1)];
            int[] open = [.. Enumerable.Range(0, texts.Count)];
            for (int round = 1; round < rounds && open.Length > 0; round++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                open = AddRound(ops, texts, open, factors, edits);
                Array.ForEach(open, i => taken[i]++);
            }

            return [.. texts.Select((text, i) => new ComputedEdit(text, factors[i], edits[i], taken[i], first.Losses[i]))];
        }
        catch
        {
            Array.ForEach(edits, ComputedEdit.Discard);
            throw;
        }
    }

    /// <summary>The model with edits that see their own texts only, in a pass over the texts after each other.</summary>
    public static WeightVersion Apart(IReadOnlyList<EditText> texts, IReadOnlyList<WeightEdit> edits)
    {
        if (edits.Count == 1)
        {
            return new WeightVersion(0, edits);
        }

        List<int[]> rows = [];
        foreach (EditText text in texts)
        {
            rows.Add([.. Enumerable.Range(rows.Count == 0 ? 0 : rows[^1][^1] + 1, text.Inputs.Count)]);
        }

        return WeightVersion.OfNeurons(Enumerable.Range(0, edits[0].Layers.Count).Select(layer => (IReadOnlyList<NeuronGroup>)
        [
            .. edits.Index().Where(edit => edit.Item.Layers[layer] is not null)
                .Select(edit => new NeuronGroup(edit.Item.Space!, [edit.Item.Layers[layer]!], rows[edit.Index])),
        ]));
    }

    /// <summary>The neurons that each text gets a layer.</summary>
    public static int[] RowCounts(IEnumerable<EditText> texts) => [.. texts.Select(text => text.NeuronRows.Count)];

    // Looks again at the edits that are open, with their neurons in force; gives those that were not right yet a further value at the same keys.
    private int[] AddRound(Operations ops, IReadOnlyList<EditText> texts, int[] open, EditFactors[] factors, WeightEdit[] edits)
    {
        EditText[] looked = [.. open.Select(i => texts[i])];
        GradientPass pass = GradientPass.Run(
            model, Apart(looked, [.. open.Select(i => edits[i])]), looked, network.Space.FirstLayer, stopIfGreedy: true);
        if (pass.Factors is null)
        {
            return [];
        }

        // The network sees the inputs of the first round: keys are where the base model is.
        GradientFactors gradients = pass.Factors with { Inputs = EditFactors.JoinInputs([.. open.Select(i => factors[i])]) };
        IReadOnlyList<EditFactors> updates = network.Update(ops, gradients).Split(RowCounts(looked));
        List<int> still = [];
        for (int at = 0; at < open.Length; at++)
        {
            if (!pass.AreGreedy[at])
            {
                int i = open[at];
                factors[i] = factors[i].AddValues(updates[at]);
                WeightEdit before = edits[i];
                edits[i] = form.Alone(factors[i]);
                ComputedEdit.Discard(before);
                still.Add(i);
            }
        }

        return [.. still];
    }
}
