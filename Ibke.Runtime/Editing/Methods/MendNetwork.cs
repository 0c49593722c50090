using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>
/// The network of MEND. A token's factors of a gradient, its input u and its output gradient δ, each value normalised, become those of the update:
/// z = [u; δ],  h = z + relu(s₁ ⊙ (U₁V₁z + b) + o₁),  [ũ; δ̃] = h + relu(s₂ ⊙ U₂V₂h + o₂),  ΔW = −α Σ δ̃ ũᵀ.
/// </summary>
/// <remarks>
/// E. Mitchell et al., Fast Model Editing at Scale, arXiv 2110.11309, equations 3–4. Layers share U, V and b; each has its own s, o and α. As U
/// starts at zero, training starts from the plain normalised gradient.
/// </remarks>
internal sealed class MendNetwork
{
    private readonly Engine _engine;
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly float[][] _means; // for each layer [in + out]
    private readonly float[][] _deviations;

    /// <summary>Makes an untrained network.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layers">The layers that it edits.</param>
    /// <param name="rank">The rank of U V.</param>
    /// <param name="step">The length of a first step, in root mean squares of the MLP's output.</param>
    /// <param name="samples">Factors by which it is normalised.</param>
    public MendNetwork(EditedModel model, IReadOnlyList<int> layers, int rank, float step, MatrixFactors samples)
    {
        _engine = model.Model.Engine;
        Layers = layers;
        Matrices = [.. layers.Select(model.OutputMatrix)];
        (_outputs, _inputs) = (model.OutputShape(layers[0])[0], model.OutputShape(layers[0])[1]);
        int size = _inputs + _outputs;
        float[][] joined = [.. layers.Select((_, at) => Join(samples.Inputs[at], samples.Gradients[at]))];
        _means = [.. joined.Select(rows => Columns(rows, size, values => values.Average()))];
        _deviations = [.. joined.Select(rows => Columns(rows, size, Deviation))];
        Random random = new(1);
        float[] scales = [.. Enumerable.Repeat(1f, layers.Count * size)];
        Parameters = new Dictionary<string, (TensorShape Shape, float[] Values)>(StringComparer.Ordinal)
        {
            ["v1"] = (new TensorShape(rank, size), Draw()),
            ["u1"] = (new TensorShape(size, rank), new float[size * rank]),
            ["b1"] = (new TensorShape(size), new float[size]),
            ["v2"] = (new TensorShape(rank, size), Draw()),
            ["u2"] = (new TensorShape(size, rank), new float[size * rank]),
            ["s1"] = (new TensorShape(layers.Count, size), scales),
            ["o1"] = (new TensorShape(layers.Count, size), new float[layers.Count * size]),
            ["s2"] = (new TensorShape(layers.Count, size), [.. scales]),
            ["o2"] = (new TensorShape(layers.Count, size), new float[layers.Count * size]),
            ["alpha"] = (new TensorShape(layers.Count, 1), [.. layers.Select((_, at) => FirstRate(at))]),
        };

        float[] Draw() => [.. Enumerable.Range(0, rank * size).Select(_ => (float)((random.NextDouble() * 2) - 1) * MathF.Sqrt(3f / size))];

        // An answer of ũ · u ≈ in · rms(u) to its own input, so that ΔW u is about a step long.
        float FirstRate(int at)
        {
            float root = MathF.Sqrt(samples.Inputs[at].Average(value => value * value));
            return step * samples.OutputScales[at] / (_inputs * Math.Max(root, 1e-12f));
        }
    }

    /// <summary>The layers that it edits.</summary>
    public IReadOnlyList<int> Layers { get; }

    /// <summary>The names of their matrices.</summary>
    public IReadOnlyList<string> Matrices { get; }

    /// <summary>What is trained, by name.</summary>
    public IReadOnlyDictionary<string, (TensorShape Shape, float[] Values)> Parameters { get; }

    /// <summary>Makes tensors of the parameters.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors() =>
        Parameters.ToDictionary(entry => entry.Key, entry => _engine.Create(entry.Value.Shape, entry.Value.Values), StringComparer.Ordinal);

    /// <summary>The changes of the matrices for the factors of a gradient.</summary>
    /// <param name="ops">A tape, on which the factors of the changes are watched, or the engine's operations.</param>
    /// <param name="weights">See <see cref="Tensors"/>.</param>
    /// <param name="factors">Of the layers, in their order.</param>
    public IReadOnlyList<MatrixDelta> Update(Operations ops, IReadOnlyDictionary<string, Tensor> weights, MatrixFactors factors) =>
        [.. Layers.Select((_, at) => Update(ops, weights, factors, at))];

    private MatrixDelta Update(Operations ops, IReadOnlyDictionary<string, Tensor> weights, MatrixFactors factors, int at)
    {
        using TensorScope scope = new();
        int size = _inputs + _outputs;
        float[] values = Join(factors.Inputs[at], factors.Gradients[at]);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (values[i] - _means[at][i % size]) / _deviations[at][i % size];
        }

        int tokens = values.Length / size;
        Tensor z = scope.Keep(_engine.Create(new TensorShape(tokens, size), values));
        Tensor h = Residual(z, "v1", "u1", "s1", "o1", weights["b1"]);
        Tensor g = Residual(h, "v2", "u2", "s2", "o2", null);
        Tensor right = ops.Columns(g, 0, _inputs); // ũ [tokens, in]
        Tensor gradient = scope.Keep(ops.Columns(g, _inputs, _outputs)); // δ̃ [tokens, out]
        Tensor rate = scope.Keep(ops.Scale(scope.Keep(ops.Rows(weights["alpha"], [.. Enumerable.Repeat(at, tokens)])), -1)); // −α [tokens, 1]
        Tensor left = ops.Transpose(scope.Keep(ops.Multiply(gradient, rate))); // [out, tokens]
        if (ops is GradientTape tape)
        {
            tape.Watch(left);
            tape.Watch(right);
        }

        return MatrixDelta.LowRank(Matrices[at], left, right);

        // x + relu(s ⊙ (U V x + b) + o)
        Tensor Residual(Tensor x, string v, string u, string s, string o, Tensor? bias)
        {
            Tensor inner = scope.Keep(ops.Linear(scope.Keep(ops.Linear(x, weights[v])), weights[u], bias));
            Tensor scaled = scope.Keep(ops.Multiply(inner, Row(s)));
            Tensor active = scope.Keep(ops.Activate(scope.Keep(ops.Add(scaled, Row(o))), Activation.Relu));
            return scope.Keep(ops.Add(x, active));
        }

        Tensor Row(string name) => scope.Keep(scope.Keep(ops.Rows(weights[name], [at])).Reshape(new TensorShape(size)));
    }

    private float[] Join(float[] inputs, float[] gradients) =>
        [.. inputs.Chunk(_inputs).Zip(gradients.Chunk(_outputs)).SelectMany(pair => pair.First.Concat(pair.Second))];

    private static float[] Columns(float[] rows, int size, Func<IEnumerable<float>, float> statistic) =>
        [.. Enumerable.Range(0, size).Select(column => statistic(Enumerable.Range(0, rows.Length / size).Select(row => rows[(row * size) + column])))];

    private static float Deviation(IEnumerable<float> values)
    {
        float mean = values.Average();
        return Math.Max(MathF.Sqrt(values.Average(value => (value - mean) * (value - mean))), 1e-7f);
    }
}
