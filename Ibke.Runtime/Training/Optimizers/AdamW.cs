using System.Numerics.Tensors;

namespace Ibke.Runtime.Training.Optimizers;

/// <summary>Settings of <see cref="AdamW"/>.</summary>
/// <param name="FirstDecay">β₁, in [0, 1).</param>
/// <param name="SecondDecay">β₂, in [0, 1).</param>
/// <param name="Epsilon">Added to the root of the corrected second moment.</param>
/// <param name="WeightDecay">λ: values shrink by rate · λ a step, apart from the gradient.</param>
internal sealed record AdamWSettings(float FirstDecay = .9f, float SecondDecay = .98f, float Epsilon = 1e-8f, float WeightDecay = 0);

/// <summary>
/// Adam with decoupled weight decay (Loshchilov, Hutter: Decoupled Weight Decay Regularization):
/// m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − rate · λ θ − rate · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
/// </summary>
internal sealed class AdamW : Optimizer
{
    /// <summary>Values that one call of the kernel goes through: few enough for the first cache.</summary>
    private const int Chunk = 2048;

    private readonly AdamWSettings _settings;
    private readonly float[][] _first;
    private readonly float[][] _second;
    private readonly (int Parameter, int Start, int Count)[] _chunks;

    /// <summary>Starts with moments of zero.</summary>
    public AdamW(IReadOnlyList<TrainableParameter> parameters, AdamWSettings settings)
        : base(parameters)
    {
        _settings = settings;
        _first = [.. parameters.Select(parameter => new float[parameter.Values.Length])];
        _second = [.. parameters.Select(parameter => new float[parameter.Values.Length])];
        _chunks =
        [
            .. parameters.SelectMany((parameter, i) => Enumerable.Range(0, (parameter.Values.Length + Chunk - 1) / Chunk)
                .Select(chunk => (i, chunk * Chunk, Math.Min(Chunk, parameter.Values.Length - (chunk * Chunk))))),
        ];
        Dictionary<string, float[]> state = new(StringComparer.Ordinal);
        for (int i = 0; i < parameters.Count; i++)
        {
            state.Add($"first.{parameters[i].Name}", _first[i]);
            state.Add($"second.{parameters[i].Name}", _second[i]);
        }

        State = state;
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, float[]> State { get; }

    /// <inheritdoc/>
    protected override void Update(float rate)
    {
        float firstCorrection = (float)(1 - Math.Pow(_settings.FirstDecay, Steps));
        float secondRoot = (float)Math.Sqrt(1 - Math.Pow(_settings.SecondDecay, Steps));
        Parallel.ForEach(_chunks, chunk => Update(
            Parameters[chunk.Parameter].Values.AsSpan(chunk.Start, chunk.Count),
            Parameters[chunk.Parameter].Gradient.AsSpan(chunk.Start, chunk.Count),
            _first[chunk.Parameter].AsSpan(chunk.Start, chunk.Count),
            _second[chunk.Parameter].AsSpan(chunk.Start, chunk.Count),
            rate,
            rate / firstCorrection,
            secondRoot));
    }

    private void Update(
        Span<float> values, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second, float rate, float correctedRate, float secondRoot)
    {
        Span<float> scratch = stackalloc float[Chunk];
        scratch = scratch[..values.Length];
        TensorPrimitives.Multiply(first, _settings.FirstDecay, first);
        TensorPrimitives.MultiplyAdd(gradient, 1 - _settings.FirstDecay, first, first);

        TensorPrimitives.Multiply(gradient, gradient, scratch);
        TensorPrimitives.Multiply(second, _settings.SecondDecay, second);
        TensorPrimitives.MultiplyAdd(scratch, 1 - _settings.SecondDecay, second, second);

        TensorPrimitives.Sqrt(second, scratch);
        TensorPrimitives.Divide(scratch, secondRoot, scratch);
        TensorPrimitives.Add(scratch, _settings.Epsilon, scratch);
        TensorPrimitives.Divide(first, scratch, scratch);
        if (_settings.WeightDecay != 0)
        {
            TensorPrimitives.Multiply(values, 1 - (rate * _settings.WeightDecay), values);
        }

        TensorPrimitives.MultiplyAdd(scratch, -correctedRate, values, values);
    }
}
