using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>What one edit adds to a model: neurons beside the MLPs of some layers. Immutable.</summary>
/// <remarks>
/// The tensors are never disposed by hand: a generation may still use a version that holds this edit after the edit was
/// reverted. The garbage collector returns them with the last version.
/// </remarks>
public sealed class WeightEdit
{
    /// <summary>Takes over the neurons.</summary>
    /// <param name="normalization">The statistics that the neurons were made with.</param>
    /// <param name="layers">One entry for each layer of the model; null where the edit adds nothing.</param>
    /// <exception cref="ArgumentException">No layer has neurons, or the statistics are of another number of layers.</exception>
    public WeightEdit(NeuronNormalization normalization, IReadOnlyList<NeuronBlock?> layers)
    {
        ArgumentNullException.ThrowIfNull(normalization);
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.All(block => block is null))
        {
            throw new ArgumentException("An edit needs neurons in at least one layer.", nameof(layers));
        }

        if (normalization.Means.Count != layers.Count)
        {
            throw new ArgumentException(
                $"Statistics of {normalization.Means.Count} layers, but neurons of {layers.Count}.", nameof(layers));
        }

        Normalization = normalization;
        Layers = [.. layers];
        Bytes = Layers.OfType<NeuronBlock>().SelectMany(Tensors).Sum(tensor => tensor.Bytes);
        Id = HashContent();
    }

    /// <summary>SHA-256 of the neurons, in hexadecimal: equal content has equal ids, and ids decide the order of edits.</summary>
    public string Id { get; }

    /// <summary>The statistics that the neurons see their input by.</summary>
    public NeuronNormalization Normalization { get; }

    /// <summary>The neurons of each layer; null where the edit adds nothing.</summary>
    public IReadOnlyList<NeuronBlock?> Layers { get; }

    /// <summary>The bytes that the neurons take.</summary>
    public long Bytes { get; }

    private static IEnumerable<Tensor> Tensors(NeuronBlock block) =>
        block.Thresholds is null ? [block.Keys, block.Values] : [block.Keys, block.Thresholds, block.Values];

    private string HashContent()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> header = stackalloc byte[12];
        for (int layer = 0; layer < Layers.Count; layer++)
        {
            if (Layers[layer] is not { } block)
            {
                continue;
            }

            BinaryPrimitives.WriteInt32LittleEndian(header, layer);
            BinaryPrimitives.WriteInt32LittleEndian(header[4..], (int)block.Form);
            BinaryPrimitives.WriteInt32LittleEndian(header[8..], block.Keys.Shape.Rows);
            hash.AppendData(header);
            foreach (Tensor tensor in Tensors(block))
            {
                hash.AppendData(MemoryMarshal.AsBytes(tensor.ToArray().AsSpan()));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
