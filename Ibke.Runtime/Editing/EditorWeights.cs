using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>The names and shapes of what is trained in an editor's network, as its file stores them.</summary>
internal static class EditorWeights
{
    /// <summary>The logarithm of the step size of each layer.</summary>
    public const string StepSize = "eta";

    /// <summary>The directions that keys lie in, of all layers after each other; in recall.</summary>
    public const string Metric = "metric";

    /// <summary>The logarithm of the sharpness of each layer; in recall.</summary>
    public const string Sharpness = "sharpness";

    /// <summary>The linear layer that gives the logarithm of the latent's variance; used in training only.</summary>
    public const string LatentVariance = "ls";

    /// <summary>All tensors of an editor's network, in a fixed order; what training alone uses comes last.</summary>
    public static IReadOnlyList<(string Name, TensorShape Shape)> Shapes(EditorSettings settings)
    {
        int layers = settings.Layers, hidden = settings.HiddenSize, latent = settings.LatentSize, network = settings.NetworkSize;
        List<(string Name, TensorShape Shape)> shapes =
        [
            ("emb_in", new TensorShape(layers, network)),
            ("emb_out", new TensorShape(layers, network)),
            (StepSize, new TensorShape(layers)),
        ];
        void Linear(string name, int outputs, int inputs) =>
            shapes.AddRange([($"{name}.weight", new TensorShape(outputs, inputs)), ($"{name}.bias", new TensorShape(outputs))]);

        Linear("inp", network, 2 * hidden);
        Linear("enc", network, network);
        Linear("mu", latent, network);
        Linear("dec1", network, latent);
        Linear("dec2", network, network);
        Linear("val", 2 * hidden, network);
        Linear("gate", 1, network);
        if (settings.Form != NeuronForm.Linear)
        {
            Linear("key", 2 * settings.KeySize, network);
            Linear("thr", 1, network);
        }

        if (settings.Form == NeuronForm.Recall)
        {
            shapes.AddRange([(Metric, new TensorShape(layers * settings.KeySize, hidden)), (Sharpness, new TensorShape(layers))]);
        }

        Linear(LatentVariance, latent, network);
        return shapes;
    }

    /// <summary>Reads what serving needs from an editor's file.</summary>
    /// <exception cref="Checkpoints.CheckpointException">A tensor is missing, of another shape, or not finite; says which.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(EditorSettings settings, EditorTensors tensors) => Shapes(settings)
        .Where(weight => !weight.Name.StartsWith($"{LatentVariance}.", StringComparison.Ordinal))
        .ToDictionary(weight => weight.Name, weight => tensors.Tensor(weight.Name, weight.Shape), StringComparer.Ordinal);
}
