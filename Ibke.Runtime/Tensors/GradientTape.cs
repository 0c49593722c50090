namespace Ibke.Runtime.Tensors;

/// <summary>
/// Operations that are recorded so that the gradients of a scalar result can be taken afterwards (reverse mode).
/// Only what depends on a watched tensor is recorded and kept.
/// </summary>
/// <remarks>Belongs to one thread. Disposing returns everything it kept.</remarks>
public abstract class GradientTape : Operations, IDisposable
{
    /// <summary>Marks a tensor whose gradient will be asked for: a weight, an input, or the result of an operation on this tape.</summary>
    /// <remarks>Must be called before the tensor is used by the operations that the gradient shall flow through.</remarks>
    /// <exception cref="ArgumentException">The tensor is of 8-bit blocks, which have no gradient.</exception>
    public abstract void Watch(Tensor tensor);

    /// <summary>Whether a tensor has been watched.</summary>
    public abstract bool IsWatched(Tensor tensor);

    /// <summary>The gradients of a scalar with respect to watched tensors, in their order; zeros where nothing depends on one.</summary>
    /// <param name="loss">A tensor of one value, recorded on this tape.</param>
    /// <param name="sources">Watched tensors.</param>
    /// <param name="seed">Upstream gradient of <paramref name="loss"/>.</param>
    /// <returns>New float32 tensors of the sources' shapes, owned by the caller.</returns>
    /// <exception cref="ArgumentException">The loss is no scalar or was not recorded, or a source was not watched.</exception>
    public abstract IReadOnlyList<Tensor> Gradients(Tensor loss, IReadOnlyList<Tensor> sources, float seed = 1);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Returns everything the tape kept.</summary>
    protected abstract void Dispose(bool disposing);
}
