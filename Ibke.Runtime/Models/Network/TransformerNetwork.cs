namespace Ibke.Runtime.Models.Network;

/// <summary>The parts of a model.</summary>
/// <param name="Input">From tokens to the residual stream.</param>
/// <param name="Blocks">In the order of layers.</param>
/// <param name="Output">From the residual stream to scores.</param>
/// <param name="Rotaries">The rotary embeddings that its layers use.</param>
/// <param name="Parameters">All weights of the parts.</param>
internal sealed record TransformerNetwork(
    InputEmbedding Input,
    IReadOnlyList<Block> Blocks,
    OutputHead Output,
    IReadOnlyList<RotaryEmbedding> Rotaries,
    ParameterList Parameters);
