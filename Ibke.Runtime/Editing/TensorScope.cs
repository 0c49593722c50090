using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>Disposes the intermediate results of a computation at its end.</summary>
internal sealed class TensorScope : IDisposable
{
    private readonly List<Tensor> _tensors = [];

    /// <summary>Has a tensor disposed with the scope.</summary>
    public Tensor Keep(Tensor tensor)
    {
        _tensors.Add(tensor);
        return tensor;
    }

    /// <inheritdoc/>
    public void Dispose() => _tensors.ForEach(tensor => tensor.Dispose());
}
