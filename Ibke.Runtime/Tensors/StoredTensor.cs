namespace Ibke.Runtime.Tensors;

/// <summary>A tensor as a checkpoint holds it: bytes that are little-endian, row-major, and usually those of a file.</summary>
/// <param name="Name">The name in the checkpoint, such as <c>model.layers.0.mlp.up_proj.weight</c>.</param>
/// <param name="ElementType">How a value is stored.</param>
/// <param name="Shape">The sizes of the dimensions.</param>
/// <param name="Bytes">The values.</param>
public sealed record StoredTensor(string Name, ElementType ElementType, TensorShape Shape, StoredBytes Bytes);
