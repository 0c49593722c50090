using System.Text.Json;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Models;
using Ibke.Runtime.Models.Families;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Models;

/// <summary>One reference case: a checkpoint, and what the reference implementation computes with it.</summary>
internal sealed class GoldenModel : IDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly SafetensorsFile _expected;
    private readonly JsonElement _facts;

    /// <summary>Loads a case.</summary>
    /// <param name="folder">Its folder, or the name of a committed case.</param>
    /// <param name="engine">Where it runs; null for the engine that tests share.</param>
    public GoldenModel(string folder, Engine? engine = null)
    {
        folder = Path.Combine(GoldenFiles.Committed, "models", folder);
        _checkpoint = Checkpoint.Open(folder);
        Transformer = Transformer.Load(_checkpoint, ModelFamilies.ReadConfig(ConfigFile.Open(folder)), engine ?? TestEngine.Shared);
        _expected = SafetensorsFile.Open(Path.Combine(folder, "expected.safetensors"));
        using JsonDocument facts = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        _facts = facts.RootElement.Clone();
    }

    public Transformer Transformer { get; }

    public Operations Operations => Transformer.Engine.Operations;

    public int Layers => Transformer.Config.Layers;

    /// <summary>The weights that have gradients, in ordinal order.</summary>
    public IEnumerable<string> GradientNames => _expected.EntryNames
        .Where(name => name.StartsWith("grad.", StringComparison.Ordinal)).Select(name => name["grad.".Length..]).Order(StringComparer.Ordinal);

    /// <summary>The folders of all cases.</summary>
    public static IEnumerable<string> Folders() => GoldenFiles.Models;

    /// <summary>Whether a case goes beyond the original context; one that cannot be read counts, so that it fails by its name.</summary>
    public static bool IsLong(string folder)
    {
        try
        {
            return SafetensorsFile.Open(Path.Combine(folder, "expected.safetensors")).TypeOf("long.input_ids") is not null;
        }
        catch (CheckpointException)
        {
            return true;
        }
    }

    public bool Has(string name) => _expected.TypeOf(name) is not null;

    public int[] Ids(string name) => [.. _expected.ReadInt64(name).Select(id => (int)id)];

    /// <summary>The lengths of the rows of a matrix of ids, as sequences without caches.</summary>
    public SequenceRows[] Sequences(string name)
    {
        TensorShape shape = _expected.ShapeOf(name);
        return [.. Enumerable.Repeat(new SequenceRows(shape[-1]), shape.Rows)];
    }

    public float[] Values(string name) => Load(name).ToArray();

    /// <summary>Checks values against those of the reference; <paramref name="part"/> selects one of several stacked in the first dimension.</summary>
    public void Check(string name, Tensor actual, int? part = null) => Check(name, actual.ToArray(), part);

    /// <inheritdoc cref="Check(string, Tensor, int?)"/>
    public void Check(string name, float[] actual, int? part = null)
    {
        float[] all = Values(name);
        int count = actual.Length;
        Assert.Equal(all.Length, part is null ? count : count * Load(name).Shape[0]);
        ReadOnlySpan<float> expected = all.AsSpan((part ?? 0) * count, count);
        double tolerance = _facts.GetProperty("tolerance").GetProperty(name).GetDouble();
        double worst = 0;
        for (int i = 0; i < count; i++)
        {
            double difference = Math.Abs((double)actual[i] - expected[i]);
            worst = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(worst, difference);
        }

        Assert.True(worst <= tolerance, $"{name}{(part is null ? "" : $"[{part}]")} differs by {worst:g3}, allowed are {tolerance:g3}");
    }

    public void Dispose()
    {
        Transformer.Dispose();
        _checkpoint.Dispose();
    }

    private Tensor Load(string name) => Transformer.Engine.Load(_expected.Tensors[name]);
}

/// <summary>An engine that tests share; it is never disposed.</summary>
internal static class TestEngine
{
    public static Engine Shared { get; } = new CpuEngine();
}
