using Ibke.Runtime.Tensors;
using Tensor = Ibke.Runtime.Tensors.Tensor;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Ibke.Runtime.Training.Optimizers;

/// <summary>Settings of <see cref="Muon"/>.</summary>
/// <param name="FirstMomentum">The momentum of the first step.</param>
/// <param name="Momentum">The momentum once <paramref name="MomentumSteps"/> steps are done; in between it grows evenly.</param>
/// <param name="MomentumSteps">Steps over which it grows.</param>
/// <param name="WeightDecay">Values shrink by rate · this a step, apart from the gradient.</param>
internal sealed record MuonSettings(float FirstMomentum = .85f, float Momentum = .95f, int MomentumSteps = 200, float WeightDecay = .01f);

/// <summary>
/// Momentum made orthogonal (Jordan et al.: Muon, an optimizer for hidden layers in neural networks): M ← μ M + G; U is G + μ M with all singular
/// values brought near one by five steps of a Newton–Schulz iteration; θ ← θ − rate · λ θ − rate · √max(1, rows / columns) · U. For matrices
/// of hidden layers, not for embeddings.
/// </summary>
internal sealed class Muon : Optimizer
{
    private const int Iterations = 5;
    private const float Linear = 3.4445f;
    private const float Cubic = -4.7750f;
    private const float Quintic = 2.0315f;
    private const float SmallestNorm = 1e-7f;

    private readonly Engine _engine;
    private readonly MuonSettings _settings;
    private readonly float[][] _momenta;

    /// <summary>Starts with momenta of zero.</summary>
    /// <exception cref="ArgumentException">A parameter is no matrix.</exception>
    public Muon(IReadOnlyList<TrainableParameter> parameters, Engine engine, MuonSettings settings)
        : base(parameters)
    {
        if (parameters.FirstOrDefault(parameter => parameter.Shape.Rank != 2) is { } other)
        {
            throw new ArgumentException($"Muon changes matrices; {other.Name} is {other.Shape}.", nameof(parameters));
        }

        _engine = engine;
        _settings = settings;
        _momenta = [.. parameters.Select(parameter => new float[parameter.Values.Length])];
        State = parameters.Select((parameter, i) => (parameter.Name, Momentum: _momenta[i]))
            .ToDictionary(pair => $"momentum.{pair.Name}", pair => pair.Momentum, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, float[]> State { get; }

    /// <inheritdoc/>
    protected override void Update(float rate)
    {
        float grown = Math.Min(1, (Steps - 1) / (float)Math.Max(1, _settings.MomentumSteps));
        float momentum = _settings.FirstMomentum + ((_settings.Momentum - _settings.FirstMomentum) * grown);
        for (int i = 0; i < Parameters.Count; i++)
        {
            Update(Parameters[i], _momenta[i], momentum, rate);
        }
    }

    private void Update(TrainableParameter parameter, float[] accumulated, float momentum, float rate)
    {
        TensorPrimitives.MultiplyAdd(accumulated, momentum, parameter.Gradient, accumulated);
        float[] update = new float[accumulated.Length];
        TensorPrimitives.MultiplyAdd(accumulated, momentum, parameter.Gradient, update);
        (int rows, int columns) = (parameter.Shape[0], parameter.Shape[1]);
        Orthogonalize(_engine, parameter.Shape, update);
        if (_settings.WeightDecay != 0)
        {
            TensorPrimitives.Multiply(parameter.Values, 1 - (rate * _settings.WeightDecay), parameter.Values);
        }

        float scale = rate * MathF.Sqrt(MathF.Max(1, rows / (float)columns));
        TensorPrimitives.MultiplyAdd(update, -scale, parameter.Values, parameter.Values);
    }

    /// <summary>Brings the singular values of a matrix near one: between about 0.7 and 1.2 unless they were far below the largest.</summary>
    /// <param name="engine">Computes the products.</param>
    /// <param name="shape">Of the matrix.</param>
    /// <param name="values">Row-major; overwritten.</param>
    internal static void Orthogonalize(Engine engine, TensorShape shape, float[] values)
    {
        TensorPrimitives.Divide(values, TensorPrimitives.Norm<float>(values) + SmallestNorm, values);
        Operations ops = engine.Operations;
        bool tall = shape[0] > shape[1];
        Tensor x = engine.Create(shape, values);
        if (tall)
        {
            Replace(ref x, ops.Transpose(x));
        }

        for (int i = 0; i < Iterations; i++)
        {
            Replace(ref x, Iterate(ops, x));
        }

        if (tall)
        {
            Replace(ref x, ops.Transpose(x));
        }

        x.CopyTo(values);
        x.Dispose();
    }

    // a X + (b A + c A²) X with A = X Xᵀ, which is symmetric: A Aᵀ is its square.
    private static Tensor Iterate(Operations ops, Tensor x)
    {
        using Tensor gram = ops.Linear(x, x); // [rows, rows]
        using Tensor square = ops.Linear(gram, gram);
        using Tensor cubic = ops.Scale(gram, Cubic);
        using Tensor quintic = ops.Scale(square, Quintic);
        using Tensor factor = ops.Add(cubic, quintic);
        using Tensor turned = ops.Transpose(x);
        using Tensor product = ops.Linear(factor, turned); // [rows, columns]
        using Tensor kept = ops.Scale(x, Linear);
        return ops.Add(kept, product);
    }

    private static void Replace(ref Tensor tensor, Tensor next)
    {
        tensor.Dispose();
        tensor = next;
    }
}
