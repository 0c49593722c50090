using System.Collections.Concurrent;
using System.Globalization;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models.Families;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>
/// Finds a model's tensors in a checkpoint and checks all of them before any is loaded: each must be there, have the shape that the
/// configuration asks for, and hold finite values only. The check reads every byte once, on all processors.
/// </summary>
internal sealed class WeightLoader
{
    private const int NamedProblems = 8;

    /// <summary>Problems after which no more layers are looked at: a damaged number of layers would cost minutes and gigabytes.</summary>
    private const int MostProblems = 10_000;

    private readonly Checkpoint _checkpoint;
    private readonly TransformerConfig _config;
    private readonly WeightNames _names;
    private readonly Dictionary<string, StoredTensor> _found = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];

    private WeightLoader(Checkpoint checkpoint, TransformerConfig config, WeightNames names)
    {
        _checkpoint = checkpoint;
        _config = config;
        _names = names;
    }

    /// <summary>Checks and loads the weights.</summary>
    /// <exception cref="CheckpointException">Tensors are missing, have wrong shapes, or hold values that are not finite; they are named.</exception>
    public static TransformerWeights Load(Checkpoint checkpoint, TransformerConfig config, WeightNames names, Engine engine)
    {
        WeightLoader loader = new(checkpoint, config, names);
        loader.FindAll();
        loader.ThrowIfAny();
        loader.ScanValues();
        loader.ThrowIfAny();
        return loader.LoadAll(engine);
    }

    private void FindAll()
    {
        int queries = _config.Heads * _config.HeadSize;
        int keys = _config.KeyValueHeads * _config.HeadSize;
        Find(Weight(_names.Embedding), _config.VocabularySize, _config.HiddenSize);
        Find(Weight(_names.FinalNorm), _config.HiddenSize);
        if (!_config.TiedEmbeddings)
        {
            Find(Weight(_names.Output), _config.VocabularySize, _config.HiddenSize);
        }

        for (int layer = 0; layer < _config.Layers && _problems.Count <= MostProblems; layer++)
        {
            string block = Block(layer);
            Find(Weight(block + _names.AttentionNorm), _config.HiddenSize);
            FindLinear(block + _names.Query, queries, _config.HiddenSize, _config.AttentionBias);
            FindLinear(block + _names.Key, keys, _config.HiddenSize, _config.AttentionBias);
            FindLinear(block + _names.Value, keys, _config.HiddenSize, _config.AttentionBias);
            FindLinear(block + _names.AttentionOutput, _config.HiddenSize, queries, _config.AttentionBias);
            Find(Weight(block + _names.MlpNorm), _config.HiddenSize);
            FindLinear(block + _names.Gate, _config.IntermediateSize, _config.HiddenSize, _config.MlpBias);
            FindLinear(block + _names.Up, _config.IntermediateSize, _config.HiddenSize, _config.MlpBias);
            FindLinear(block + _names.Down, _config.HiddenSize, _config.IntermediateSize, _config.MlpBias);
        }
    }

    private void FindLinear(string name, int output, int input, bool bias)
    {
        Find(Weight(name), output, input);
        if (bias)
        {
            Find(Bias(name), output);
        }
        else if (_checkpoint.TryGet(Bias(name), out _))
        {
            // Leaving it out would compute something else than what was trained.
            _problems.Add($"{Bias(name)} is there, but the configuration says that there is no such bias");
        }
    }

    private void Find(string name, params ReadOnlySpan<int> dimensions)
    {
        TensorShape wanted = new(dimensions);
        if (!_checkpoint.TryGet(name, out StoredTensor? tensor))
        {
            _problems.Add($"{name} {wanted} is missing");
        }
        else if (tensor.Shape != wanted)
        {
            _problems.Add($"{name} has the shape {tensor.Shape}, but the configuration asks for {wanted}");
        }
        else
        {
            _found.Add(name, tensor);
        }
    }

    private void ScanValues()
    {
        ConcurrentBag<string> problems = [];
        Parallel.ForEach(_found.Values, tensor =>
        {
            int index = NonFiniteScan.FirstIndex(tensor);
            if (index >= 0)
            {
                problems.Add($"{tensor.Name} holds NaN or an infinity, first at index {index}");
            }
        });
        _problems.AddRange(problems.Order(StringComparer.Ordinal));
    }

    private void ThrowIfAny()
    {
        if (_problems.Count == 0)
        {
            return;
        }

        string more = _problems.Count > NamedProblems ? $"; and {_problems.Count - NamedProblems} more" : "";
        throw new CheckpointException(
            _checkpoint.Folder,
            $"{_problems.Count} weights cannot be used: {string.Join("; ", _problems.Take(NamedProblems))}{more}",
            "Check that weights and config.json are of one model, and copy them again.");
    }

    private TransformerWeights LoadAll(Engine engine)
    {
        Dictionary<string, Tensor> loaded = _found.ToDictionary(pair => pair.Key, pair => engine.Load(pair.Value), StringComparer.Ordinal);
        Tensor embedding = loaded[Weight(_names.Embedding)];
        return new TransformerWeights(
            embedding,
            [.. Enumerable.Range(0, _config.Layers).Select(layer => TakeBlock(loaded, Block(layer)))],
            loaded[Weight(_names.FinalNorm)],
            _config.TiedEmbeddings ? embedding : loaded[Weight(_names.Output)],
            loaded);
    }

    private BlockWeights TakeBlock(Dictionary<string, Tensor> loaded, string block) => new(
        loaded[Weight(block + _names.AttentionNorm)],
        TakeLinear(loaded, block + _names.Query),
        TakeLinear(loaded, block + _names.Key),
        TakeLinear(loaded, block + _names.Value),
        TakeLinear(loaded, block + _names.AttentionOutput),
        loaded[Weight(block + _names.MlpNorm)],
        TakeLinear(loaded, block + _names.Gate),
        TakeLinear(loaded, block + _names.Up),
        TakeLinear(loaded, block + _names.Down));

    private static LinearWeights TakeLinear(Dictionary<string, Tensor> loaded, string name) =>
        new(loaded[Weight(name)], loaded.GetValueOrDefault(Bias(name)));

    private static string Weight(string name) => name + ".weight";

    private static string Bias(string name) => name + ".bias";

    private string Block(int layer) => string.Format(CultureInfo.InvariantCulture, _names.Block, layer);
}
