using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>The tensors of a model, in the places where the forward pass uses them.</summary>
/// <param name="Embedding">[vocabulary, hidden].</param>
/// <param name="Blocks">In the order of layers.</param>
/// <param name="FinalNorm">[hidden].</param>
/// <param name="Output">[vocabulary, hidden]; the embedding itself where they are tied.</param>
/// <param name="ByName">All of them once, by their names in the checkpoint.</param>
internal sealed record TransformerWeights(
    Tensor Embedding,
    IReadOnlyList<BlockWeights> Blocks,
    Tensor FinalNorm,
    Tensor Output,
    IReadOnlyDictionary<string, Tensor> ByName);

/// <summary>The tensors of one block.</summary>
/// <param name="AttentionNorm">[hidden].</param>
/// <param name="Query">[heads × head size, hidden].</param>
/// <param name="Key">[key/value heads × head size, hidden].</param>
/// <param name="Value">[key/value heads × head size, hidden].</param>
/// <param name="AttentionOutput">[hidden, heads × head size].</param>
/// <param name="MlpNorm">[hidden].</param>
/// <param name="Gate">[intermediate, hidden].</param>
/// <param name="Up">[intermediate, hidden].</param>
/// <param name="Down">[hidden, intermediate].</param>
internal sealed record BlockWeights(
    Tensor AttentionNorm,
    LinearWeights Query,
    LinearWeights Key,
    LinearWeights Value,
    LinearWeights AttentionOutput,
    Tensor MlpNorm,
    LinearWeights Gate,
    LinearWeights Up,
    LinearWeights Down);

/// <summary>A matrix [out, in] with its bias [out], where it has one.</summary>
internal sealed record LinearWeights(Tensor Weight, Tensor? Bias);
