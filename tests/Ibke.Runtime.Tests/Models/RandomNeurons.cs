using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Models;

/// <summary>Random edits for models of one configuration.</summary>
internal sealed class RandomNeurons(TransformerConfig config, Engine engine, int seed)
{
    private readonly Random _random = new(seed);
    private NeuronNormalization? _normalization;

    /// <summary>What all edits have in common.</summary>
    public NeuronNormalization Normalization => _normalization ??= new NeuronNormalization(
        [.. Enumerable.Range(0, config.Layers).Select(_ => Create(0.1f, config.HiddenSize))],
        [.. Enumerable.Range(0, config.Layers).Select(_ => Constant(1, config.HiddenSize))]);

    /// <summary>An edit whose neurons answer to about half of all inputs.</summary>
    public WeightEdit Edit(NeuronForm form, int neurons = 3) => new(
        Normalization, [.. Enumerable.Range(0, config.Layers).Select(_ => Block(neurons, form))]);

    private NeuronBlock Block(int neurons, NeuronForm form)
    {
        using Tensor keys = Create(1, neurons, config.HiddenSize);
        Tensor unit = engine.Operations.NormalizeRows(keys);
        Tensor? thresholds = form == NeuronForm.Sparse ? Constant(0.02f, neurons) : null;
        return new NeuronBlock(form, unit, thresholds, Create(1, neurons, config.HiddenSize));
    }

    private Tensor Constant(float value, int count) => engine.Create(new TensorShape(count), Enumerable.Repeat(value, count).ToArray());

    private Tensor Create(float scale, params ReadOnlySpan<int> dimensions)
    {
        TensorShape shape = new(dimensions);
        return engine.Create(shape, [.. Enumerable.Range(0, (int)shape.Count).Select(_ => scale * (float)(_random.NextDouble() * 2 - 1))]);
    }
}
