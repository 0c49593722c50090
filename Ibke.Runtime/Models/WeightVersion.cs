using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>Base weights and the edits in force: what one forward pass, and one whole generation, computes with. Immutable.</summary>
/// <remarks>The set of edits alone decides the result, to the bit: edits are kept and summed in the order of their ids.</remarks>
public sealed class WeightVersion
{
    private readonly IReadOnlyList<NeuronGroup>[] _groups;

    /// <summary>Makes a version. Edits with equal content count once.</summary>
    /// <param name="number">Its number; see <see cref="WeightVersions"/>.</param>
    /// <param name="edits">The edits in force, in any order.</param>
    /// <exception cref="ArgumentException">The edits are of models with different numbers of layers, or of other sizes.</exception>
    public WeightVersion(long number, IEnumerable<WeightEdit> edits)
    {
        ArgumentNullException.ThrowIfNull(edits);
        Number = number;
        Edits = [.. edits.DistinctBy(edit => edit.Id).OrderBy(edit => edit.Id, StringComparer.Ordinal)];
        Key = Edits.Count == 0 ? "" : MakeKey(Edits);
        WeightEdit[] neurons = [.. Edits.Where(edit => edit.Layers.Count > 0)];
        int layers = neurons.Length == 0 ? 0 : neurons[0].Layers.Count;
        if (neurons.Any(edit => edit.Layers.Count != layers))
        {
            throw new ArgumentException("Edits of one version must be of one model, but their numbers of layers differ.", nameof(edits));
        }

        _groups = [.. Enumerable.Range(0, layers).Select(layer => GroupLayer(neurons, layer))];
        Overlays = Edits.SelectMany(edit => edit.Deltas)
            .GroupBy(delta => delta.Matrix, StringComparer.Ordinal)
            .ToDictionary(deltas => deltas.Key, deltas => new MatrixOverlay([.. deltas]), StringComparer.Ordinal);
    }

    private WeightVersion(IReadOnlyList<NeuronGroup>[] groups)
    {
        Edits = [];
        Key = Guid.NewGuid().ToString("n");
        Overlays = Base.Overlays;
        _groups = groups;
    }

    /// <summary>The unedited model, number 0.</summary>
    public static WeightVersion Base { get; } = new(0, []);

    /// <summary>Counts publications; two versions with different numbers may hold the same edits.</summary>
    public long Number { get; }

    /// <summary>The edits in force, ordered by id.</summary>
    public IReadOnlyList<WeightEdit> Edits { get; }

    /// <summary>Equal for two versions exactly when they hold the same edits; empty for none. What caches are keyed by.</summary>
    public string Key { get; }

    /// <summary>The bytes that the edits take.</summary>
    public long Bytes => Edits.Sum(edit => edit.Bytes);

    /// <summary>
    /// A version of neurons that belong to no edit yet: those of an editor in training. They may lie on a tape, and may act on some rows only. It names
    /// no edits and is never published.
    /// </summary>
    /// <param name="layers">The groups of each layer.</param>
    internal static WeightVersion OfNeurons(IEnumerable<IReadOnlyList<NeuronGroup>> layers) => new([.. layers]);

    /// <summary>The neurons beside the MLP of a layer, one group for each editor; empty where there are none.</summary>
    internal IReadOnlyList<NeuronGroup> Layer(int layer) => _groups.Length == 0 ? [] : _groups[layer];

    /// <summary>What is added to matrices, by their names.</summary>
    internal IReadOnlyDictionary<string, MatrixOverlay> Overlays { get; }

    /// <summary>What is added to a matrix; null for nothing.</summary>
    internal MatrixOverlay? Overlay(string matrix) => Overlays.Count == 0 ? null : Overlays.GetValueOrDefault(matrix);

    /// <summary>The number of layers the edits are made for, or null where none has neurons.</summary>
    internal int? Layers => _groups.Length == 0 ? null : _groups.Length;

    private static string MakeKey(IEnumerable<WeightEdit> edits) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', edits.Select(edit => edit.Id)))));

    private static IReadOnlyList<NeuronGroup> GroupLayer(IEnumerable<WeightEdit> edits, int layer)
    {
        List<(NeuronSpace Space, List<NeuronBlock> Blocks)> groups = [];
        foreach (WeightEdit edit in edits)
        {
            if (edit.Layers[layer] is not { } block)
            {
                continue;
            }

            int group = groups.FindIndex(g => ReferenceEquals(g.Space, edit.Space));
            if (group < 0)
            {
                groups.Add((edit.Space!, [block]));
            }
            else
            {
                groups[group].Blocks.Add(block);
            }
        }

        // Lists that cannot change: engines keep what they made of one.
        return [.. groups.Select(g => new NeuronGroup(g.Space, g.Blocks.ToImmutableArray()))];
    }
}

/// <summary>Neurons of one layer that see its input in the same way.</summary>
/// <param name="Space">How.</param>
/// <param name="Blocks">In the order of their edits.</param>
/// <param name="Rows">The rows of a pass that they act on; null for all. No row may be in two groups that name theirs.</param>
internal sealed record NeuronGroup(NeuronSpace Space, IReadOnlyList<NeuronBlock> Blocks, IReadOnlyList<int>? Rows = null);
