using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>Is shown the residual stream [rows, hidden size] before each block, and after the last under the number of layers.</summary>
internal delegate void StreamObserver(int layer, Tensor stream);

/// <summary>Is shown what enters a matrix of a block: [rows, in]. The tensor is the pass's own.</summary>
/// <param name="matrix">Its name in the checkpoint.</param>
/// <param name="input">What enters it.</param>
internal delegate void MatrixObserver(string matrix, Tensor input);

/// <summary>What a forward pass shows, and what it is to add to itself.</summary>
internal sealed record ForwardProbes
{
    /// <summary>Nothing.</summary>
    public static ForwardProbes None { get; } = new();

    /// <summary>Is shown every MLP.</summary>
    public MlpObserver? Mlp { get; init; }

    /// <summary>Is shown the residual stream.</summary>
    public StreamObserver? Stream { get; init; }

    /// <summary>Is shown the inputs of the matrices of linear layers.</summary>
    public MatrixObserver? Matrix { get; init; }

    /// <summary>By layer, what is added to an MLP's output, [rows, hidden size], before the observer sees it.</summary>
    public IReadOnlyDictionary<int, Tensor>? Shifts { get; init; }
}
