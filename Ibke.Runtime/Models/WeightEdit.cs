using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>What one edit adds to a model: neurons beside the MLPs of some layers, or changes of some matrices. Immutable.</summary>
/// <remarks>
/// The tensors are never disposed by hand: a generation may still use a version that holds this edit after the edit was
/// reverted. The garbage collector returns them with the last version.
/// </remarks>
public sealed class WeightEdit
{
    /// <summary>Takes over the neurons.</summary>
    /// <param name="space">How the neurons see their input.</param>
    /// <param name="layers">One entry for each layer of the model; null where the edit adds nothing.</param>
    /// <exception cref="ArgumentException">No layer has neurons, or one that the space is not for.</exception>
    public WeightEdit(NeuronSpace space, IReadOnlyList<NeuronBlock?> layers)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.All(block => block is null))
        {
            throw new ArgumentException("An edit needs neurons in at least one layer.", nameof(layers));
        }

        if (space.FirstLayer + space.Layers != layers.Count || layers.Take(space.FirstLayer).Any(block => block is not null))
        {
            throw new ArgumentException(
                $"A space of {space.Layers} layers from layer {space.FirstLayer} on, but neurons of {layers.Count} layers.", nameof(layers));
        }

        Space = space;
        Deltas = [];
        Layers = [.. layers];
        Bytes = Layers.OfType<NeuronBlock>().SelectMany(Tensors).Sum(tensor => tensor.Bytes);
        Id = HashContent();
    }

    /// <summary>Takes over changes of matrices.</summary>
    /// <param name="deltas">At least one, and of each matrix at most one.</param>
    /// <exception cref="ArgumentException">There is none, or there are two of one matrix.</exception>
    public WeightEdit(IEnumerable<MatrixDelta> deltas)
    {
        ArgumentNullException.ThrowIfNull(deltas);
        Deltas = [.. deltas.OrderBy(delta => delta.Matrix, StringComparer.Ordinal)];
        if (Deltas.Count == 0 || Deltas.DistinctBy(delta => delta.Matrix).Count() < Deltas.Count)
        {
            throw new ArgumentException("An edit needs changes of one matrix or more, and of each matrix at most one.", nameof(deltas));
        }

        Layers = [];
        Bytes = Deltas.Sum(delta => delta.Bytes);
        Id = HashContent();
    }

    /// <summary>SHA-256 of the neurons and changes, in hexadecimal: equal content has equal ids, and ids decide the order of edits.</summary>
    public string Id { get; }

    /// <summary>How the neurons see their input; null where there are no neurons.</summary>
    public NeuronSpace? Space { get; }

    /// <summary>The neurons of each layer; null where the edit adds nothing. Empty for changes of matrices.</summary>
    public IReadOnlyList<NeuronBlock?> Layers { get; }

    /// <summary>The changes of matrices, ordered by their names.</summary>
    public IReadOnlyList<MatrixDelta> Deltas { get; }

    /// <summary>The bytes that the neurons and changes take.</summary>
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

        foreach (MatrixDelta delta in Deltas)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{delta.Matrix}\n{delta.Left.Shape}\n{delta.Right?.Shape}\n"));
            hash.AppendData(MemoryMarshal.AsBytes(delta.Left.ToArray().AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes((delta.Right?.ToArray()).AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
