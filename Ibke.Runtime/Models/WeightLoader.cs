using System.Collections.Concurrent;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models.Network;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>
/// Finds a network's parameters in a checkpoint and checks all of them before any is loaded: each must be there, have the shape that the
/// configuration asks for, and hold finite values only. The check reads every byte once, on all processors.
/// </summary>
internal sealed class WeightLoader
{
    private const int NamedProblems = 8;

    /// <summary>Problems after which no more parameters are looked at: a damaged number of layers would cost minutes.</summary>
    private const int MostProblems = 10_000;

    /// <summary>What older files keep beside the weights of attention, though it is computed: causal masks and rotary frequencies.</summary>
    private static readonly string[] _oldBuffers =
    [
        ".attn.bias", ".attn.masked_bias", ".attention.bias", ".attention.masked_bias",
        ".rotary_emb.inv_freq", ".rotary_emb.cos_cached", ".rotary_emb.sin_cached",
    ];

    private readonly Checkpoint _checkpoint;
    private readonly ParameterList _parameters;
    private readonly List<(Parameter Parameter, StoredTensor Stored)> _found = [];
    private readonly List<string> _problems = [];

    private WeightLoader(Checkpoint checkpoint, ParameterList parameters)
    {
        _checkpoint = checkpoint;
        _parameters = parameters;
    }

    /// <summary>Checks and loads the weights.</summary>
    /// <exception cref="CheckpointException">Tensors are missing, have wrong shapes, or hold values that are not finite; they are named.</exception>
    public static void Load(Checkpoint checkpoint, ParameterList parameters, Engine engine, WeightStorage weights)
    {
        WeightLoader loader = new(checkpoint, parameters);
        loader.FindAll();
        loader.ThrowIfAny();
        loader.ScanValues();
        loader.ThrowIfAny();
        loader.LoadAll(engine, weights);
    }

    private void FindAll()
    {
        foreach (Parameter parameter in _parameters.All)
        {
            if (_problems.Count > MostProblems)
            {
                return;
            }

            if (parameter.Form != ParameterForm.Ones)
            {
                Find(parameter);
            }
        }

        _problems.AddRange(_checkpoint.Names
            .Where(name => _parameters.IsMissed(name) && !_oldBuffers.Any(buffer => name.EndsWith(buffer, StringComparison.Ordinal)))
            .Select(name => $"{name} is there, but by the configuration nothing uses it"));
    }

    private void Find(Parameter parameter)
    {
        if (!_checkpoint.TryGet(parameter.Name, out StoredTensor? tensor))
        {
            _problems.Add($"{parameter.Name} {parameter.Shape} is missing");
        }
        else if (tensor.Shape != parameter.Shape)
        {
            _problems.Add($"{parameter.Name} has the shape {tensor.Shape}, but the configuration asks for {parameter.Shape}");
        }
        else
        {
            _found.Add((parameter, tensor));
        }
    }

    private void ScanValues()
    {
        ConcurrentBag<string> problems = [];
        Parallel.ForEach(_found, found =>
        {
            long index = NonFiniteScan.FirstIndex(found.Stored);
            if (index >= 0)
            {
                problems.Add($"{found.Stored.Name} holds NaN or an infinity, first at index {index}");
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

    private void LoadAll(Engine engine, WeightStorage weights)
    {
        foreach (Parameter parameter in _parameters.All.Where(parameter => parameter.Form == ParameterForm.Ones))
        {
            parameter.Fill(engine.Create(parameter.Shape, Enumerable.Repeat(1f, (int)parameter.Shape.Count).ToArray()));
        }

        foreach ((Parameter parameter, StoredTensor stored) in _found)
        {
            if (parameter.Form == ParameterForm.Plain)
            {
                parameter.Fill(engine.Load(stored));
            }
            else
            {
                LoadMatrix(engine, parameter, stored, weights);
            }
        }
    }

    // The one place where matrices of linear layers are loaded.
    private static void LoadMatrix(Engine engine, Parameter parameter, StoredTensor stored, WeightStorage weights)
    {
        StoredTensor? turned = parameter.Form == ParameterForm.TransposedMatrix ? StoredMatrix.Transpose(stored) : null;
        if (weights == WeightStorage.Blocks8)
        {
            parameter.Fill(engine.Quantize(turned ?? stored));
        }
        else
        {
            parameter.Fill(engine.Load(stored), turned is null ? null : engine.Load(turned));
        }
    }
}
