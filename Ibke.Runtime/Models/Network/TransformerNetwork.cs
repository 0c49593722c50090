using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Network;

/// <summary>The parts of a model.</summary>
/// <param name="Input">From tokens to the residual stream.</param>
/// <param name="Blocks">In the order of layers.</param>
/// <param name="Output">From the residual stream to scores.</param>
/// <param name="Rotaries">The rotary embeddings that its layers use.</param>
/// <param name="Parameters">All weights of the parts.</param>
/// <param name="Matrices">The matrices of linear layers in the blocks, [out, in], by name.</param>
/// <param name="MlpOutputs">For each layer the name of the matrix that its MLP ends with; null for a mixture of experts.</param>
internal sealed record TransformerNetwork(
    InputEmbedding Input,
    IReadOnlyList<Block> Blocks,
    OutputHead Output,
    IReadOnlyList<RotaryEmbedding> Rotaries,
    ParameterList Parameters,
    IReadOnlyDictionary<string, TensorShape> Matrices,
    IReadOnlyList<string?> MlpOutputs);
