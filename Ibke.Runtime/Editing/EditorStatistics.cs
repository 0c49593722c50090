using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>What was measured of a model's MLPs before an editor was trained; training does not change it.</summary>
/// <param name="Means">[layers, hidden size]: the mean of an MLP's normalised input.</param>
/// <param name="Deviations">[layers, hidden size]: its standard deviation; positive.</param>
/// <param name="GradientScales">[layers]: the root mean square of the loss's gradient at an MLP's output; positive.</param>
/// <param name="OutputScales">[layers]: the root mean square of an MLP's output; positive.</param>
internal sealed record EditorStatistics(float[] Means, float[] Deviations, float[] GradientScales, float[] OutputScales)
{
    /// <summary>The names under which an editor's file stores them, in the order of the parameters.</summary>
    public static IReadOnlyList<string> Names { get; } = ["xm", "xs", "ds", "os"];

    /// <summary>Reads them from an editor's file.</summary>
    /// <exception cref="Checkpoints.CheckpointException">A tensor is missing, of another shape, not finite or not positive; says which.</exception>
    public static EditorStatistics Read(EditorSettings settings, EditorTensors tensors) => new(
        tensors.Values(Names[0], settings.Layers, settings.HiddenSize),
        tensors.PositiveValues(Names[1], settings.Layers, settings.HiddenSize),
        tensors.PositiveValues(Names[2], settings.Layers),
        tensors.PositiveValues(Names[3], settings.Layers));

    /// <summary>The statistics by which neurons see an MLP's input.</summary>
    public NeuronNormalization Normalization(Engine engine, int firstLayer)
    {
        return new NeuronNormalization(PerLayer(Means), PerLayer(Deviations), firstLayer);

        Tensor[] PerLayer(float[] values) =>
            [.. values.Chunk(values.Length / GradientScales.Length).Select(row => engine.Create(new TensorShape(row.Length), row))];
    }

    /// <summary>x̂ = (x − mean) / deviation, for all layers after each other.</summary>
    /// <param name="inputs">For each layer [rows, hidden size].</param>
    /// <returns>[layers · rows, hidden size].</returns>
    public float[] NormalizeInputs(IReadOnlyList<float[]> inputs)
    {
        int hidden = Means.Length / inputs.Count;
        float[] result = new float[inputs.Sum(layer => layer.Length)];
        for (int layer = 0, at = 0; layer < inputs.Count; layer++)
        {
            for (int i = 0; i < inputs[layer].Length; i++, at++)
            {
                int column = (layer * hidden) + (i % hidden);
                result[at] = (inputs[layer][i] - Means[column]) / Deviations[column];
            }
        }

        return result;
    }

    /// <summary>With δ = d / rms: δ / (‖δ‖ + 1e-6) · log(1 + ‖δ‖), for all layers after each other. Gradients span orders of magnitude.</summary>
    /// <param name="gradients">For each layer [rows, hidden size].</param>
    /// <returns>[layers · rows, hidden size].</returns>
    public float[] NormalizeGradients(IReadOnlyList<float[]> gradients)
    {
        int hidden = Means.Length / gradients.Count;
        float[] result = new float[gradients.Sum(layer => layer.Length)];
        for (int layer = 0, at = 0; layer < gradients.Count; layer++)
        {
            for (int row = 0; row < gradients[layer].Length; row += hidden, at += hidden)
            {
                NormalizeGradient(gradients[layer].AsSpan(row, hidden), GradientScales[layer], result.AsSpan(at, hidden));
            }
        }

        return result;
    }

    private static void NormalizeGradient(ReadOnlySpan<float> gradient, float scale, Span<float> target)
    {
        double squares = 0;
        for (int i = 0; i < gradient.Length; i++)
        {
            target[i] = gradient[i] / scale;
            squares += (double)target[i] * target[i];
        }

        double norm = Math.Sqrt(squares);
        float factor = (float)(Math.Log(1 + norm) / (norm + 1e-6));
        for (int i = 0; i < target.Length; i++)
        {
            target[i] *= factor;
        }
    }
}
