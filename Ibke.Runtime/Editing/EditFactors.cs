namespace Ibke.Runtime.Editing;

/// <summary>What an editor made of one edit; an <see cref="UpdateForm"/> makes neurons of it.</summary>
/// <param name="Rows">The number of tokens.</param>
/// <param name="Inputs">For each layer [rows, hidden size]: the MLP's normalised input x.</param>
/// <param name="Values">For each layer [rows, hidden size].</param>
/// <param name="Keys">For each layer [rows, hidden size], of length one; empty in the linear form.</param>
/// <param name="Thresholds">For each layer [rows]; empty in the linear form.</param>
internal sealed record EditFactors(
    int Rows,
    IReadOnlyList<float[]> Inputs,
    IReadOnlyList<float[]> Values,
    IReadOnlyList<float[]> Keys,
    IReadOnlyList<float[]> Thresholds)
{
    /// <summary>The same with the values of a further round added; keys and thresholds stay those of the first.</summary>
    public EditFactors AddValues(EditFactors round) => this with
    {
        Values = [.. Values.Zip(round.Values, (sum, values) => sum.Zip(values, (a, b) => a + b).ToArray())],
    };

    /// <summary>The factors of edits whose rows lie after each other.</summary>
    /// <param name="rows">The rows of each edit.</param>
    public IReadOnlyList<EditFactors> Split(IReadOnlyList<int> rows)
    {
        if (rows.Count == 1)
        {
            return [this];
        }

        List<EditFactors> edits = [];
        int first = 0;
        foreach (int count in rows)
        {
            edits.Add(new EditFactors(count, Part(Inputs), Part(Values), Part(Keys), Part(Thresholds)));
            first += count;

            float[][] Part(IReadOnlyList<float[]> layers) =>
                [.. layers.Select(layer => layer.AsSpan(first * (layer.Length / Rows), count * (layer.Length / Rows)).ToArray())];
        }

        return edits;
    }

    /// <summary>The inputs of edits, after each other in every layer.</summary>
    public static IReadOnlyList<float[]> JoinInputs(IReadOnlyList<EditFactors> edits) => edits.Count == 1
        ? edits[0].Inputs
        : [.. Enumerable.Range(0, edits[0].Inputs.Count).Select(layer => edits.SelectMany(edit => edit.Inputs[layer]).ToArray())];
}
