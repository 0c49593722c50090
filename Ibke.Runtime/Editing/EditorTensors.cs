using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>The tensors of an editor's file, checked as they are taken.</summary>
internal sealed class EditorTensors(SafetensorsFile file, Engine engine)
{
    /// <summary>The name of the file in an editor's folder.</summary>
    public const string FileName = "editor.safetensors";

    private const string Remedy = "Copy the editor's folder again, or train the editor again.";

    /// <summary>Opens the file of a folder.</summary>
    /// <exception cref="CheckpointException">It is missing or damaged.</exception>
    public static EditorTensors Open(string folder, Engine engine) =>
        new(SafetensorsFile.Open(Path.Combine(folder, FileName)), engine);

    /// <summary>A tensor for computing with.</summary>
    /// <exception cref="CheckpointException">It is missing, of another shape, or not finite; says which.</exception>
    public Tensor Tensor(string name, TensorShape expected)
    {
        if (!file.Tensors.TryGetValue(name, out StoredTensor? stored))
        {
            throw new CheckpointException(file.Path, $"the tensor '{name}' {expected} is missing", Remedy);
        }

        if (stored.Shape != expected)
        {
            throw new CheckpointException(file.Path, $"the tensor '{name}' has shape {stored.Shape}, expected {expected}", Remedy);
        }

        Tensor tensor = engine.Load(stored);
        int bad = Array.FindIndex(tensor.ToArray(), value => !float.IsFinite(value));
        if (bad >= 0)
        {
            tensor.Dispose();
            throw new CheckpointException(file.Path, $"value {bad} of the tensor '{name}' is not a finite number", Remedy);
        }

        return tensor;
    }

    /// <summary>The values of a tensor.</summary>
    /// <exception cref="CheckpointException">As <see cref="Tensor"/>.</exception>
    public float[] Values(string name, params ReadOnlySpan<int> shape)
    {
        using Tensor tensor = Tensor(name, new TensorShape(shape));
        return tensor.ToArray();
    }

    /// <summary>Values that something is divided by, or that are a scale.</summary>
    /// <exception cref="CheckpointException">As <see cref="Tensor"/>, or one is not positive.</exception>
    public float[] PositiveValues(string name, params ReadOnlySpan<int> shape)
    {
        float[] values = Values(name, shape);
        int bad = Array.FindIndex(values, value => !(value > 0));
        return bad < 0
            ? values
            : throw new CheckpointException(file.Path, $"value {bad} of the tensor '{name}' is {values[bad]}, but must be positive", Remedy);
    }

    /// <summary>The error of a tensor that cannot be used for another reason.</summary>
    public CheckpointException Unusable(string name, string problem) => new(file.Path, $"the tensor '{name}' {problem}", Remedy);
}
