using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Tensor = Ibke.Runtime.Tensors.Tensor;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Ibke.Runtime.Editing;

/// <summary>
/// The network of an editor, in training and in use. For each token and layer: the factors x, d of the edit's gradient → a compact
/// latent z → key, threshold and value of a neuron.
/// </summary>
/// <remarks>
/// <code>
/// x̂ = (x − mean) / deviation          δ = d / rms_d          d̂ = δ / (‖δ‖ + 1e-6) · log(1 + ‖δ‖)
/// h = silu(enc(silu(inp([x̂; d̂]) + emb_in)))          z = mu(h), in training mu(h) + exp(ls(h) / 2) · noise
/// g = silu(dec2(silu(dec1(z)))) + emb_out
/// [c; e] = key(g)    key = normalise(q · (1 + c) + e)           threshold = clamp(sigmoid(thr(g)), 0.02, 0.98)
/// [a; b] = val(g)    value = −exp(eta) · rms_y · (d̂ · (1 + a) + b) · sigmoid(gate(g))
/// </code>
/// In the sparse form q is x̂; in recall it is metric · x̂, and neurons compete with sharpness exp(sharpness).
/// Layers share the network; each has its own embeddings, scales and statistics. Thread-safe.
/// </remarks>
internal sealed class EditorNetwork
{
    private const float LowestThreshold = 0.02f;
    private const float HighestThreshold = 0.98f;
    private const float LowestLogVariance = -10;
    private const float HighestLogVariance = 4;

    private readonly Engine _engine;
    private readonly EditorStatistics _statistics;
    private readonly IReadOnlyDictionary<string, Tensor> _weights;
    private readonly bool _thresholded;
    private readonly Tensor _valueScales; // [layers, 1]: −rms_y

    /// <summary>Takes over statistics and weights.</summary>
    /// <param name="settings">The form of its updates.</param>
    /// <param name="statistics">What was measured of the model.</param>
    /// <param name="weights">The tensors of <see cref="EditorWeights.Shapes"/>; those of the latent's variance only where noise will be given.</param>
    /// <param name="engine">Where the tensors lie.</param>
    /// <param name="ops">The engine's operations, or a tape on which weights are watched.</param>
    public EditorNetwork(
        EditorSettings settings, EditorStatistics statistics, IReadOnlyDictionary<string, Tensor> weights, Engine engine, Operations ops)
    {
        (_engine, _statistics, _weights) = (engine, statistics, weights);
        _thresholded = settings.Form != NeuronForm.Linear;
        _valueScales = engine.Create(
            new TensorShape(settings.Layers, 1), [.. statistics.OutputScales.Select(scale => -scale)]);
        Space = settings.Form == NeuronForm.Recall ? Recall(ops, settings) : statistics.Normalization(engine, settings.FirstLayer);
    }

    /// <summary>Reads the network of a trained editor.</summary>
    /// <exception cref="Checkpoints.CheckpointException">A tensor is missing, of another shape, or not finite; says which.</exception>
    public EditorNetwork(EditorSettings settings, EditorTensors tensors, Engine engine)
        : this(settings, EditorStatistics.Read(settings, tensors), EditorWeights.Read(settings, tensors), engine, engine.Operations)
    {
    }

    /// <summary>How its neurons see an MLP's input. In training it lies on the tape.</summary>
    public NeuronSpace Space { get; }

    /// <summary>Runs the network over all tokens and layers of one edit at once.</summary>
    /// <param name="ops">The engine's operations.</param>
    /// <param name="factors">The edit's gradients.</param>
    public EditFactors Update(Operations ops, GradientFactors factors)
    {
        using NeuronRows rows = Neurons(ops, factors, noise: null);
        return new EditFactors(factors.Rows, factors.Inputs, Split(rows.Values), Split(rows.Keys), Split(rows.Thresholds));

        float[][] Split(Tensor? tensor) => tensor is null ? [] : [.. tensor.ToArray().Chunk(factors.Rows * tensor.Shape.Columns)];
    }

    /// <summary>Runs the network over all tokens and layers at once, of one edit or many: rows do not see each other.</summary>
    /// <param name="ops">The engine's operations, or a tape on which weights are watched.</param>
    /// <param name="factors">The gradients.</param>
    /// <param name="noise">Standard normal, [layers · rows, latent], for drawing the latent in training; null takes its mean.</param>
    public NeuronRows Neurons(Operations ops, GradientFactors factors, float[]? noise)
    {
        using TensorScope scope = new();
        int[] layers = [.. Enumerable.Range(0, factors.Inputs.Count).SelectMany(layer => Enumerable.Repeat(layer, factors.Rows))];
        Tensor input = scope.Keep(Rows(_statistics.NormalizeInputs(factors.Inputs), layers.Length)); // x̂ [layers · rows, hidden]
        Tensor gradient = scope.Keep(Rows(_statistics.NormalizeGradients(factors.Gradients), layers.Length)); // d̂ [layers · rows, hidden]
        Tensor encoded = Encode(ops, scope, scope.Keep(ops.Concatenate(input, gradient)), layers);
        Tensor latent = scope.Keep(Linear(ops, "mu", encoded)); // z [layers · rows, latent]
        Tensor? divergence = null;
        if (noise is not null)
        {
            (latent, divergence) = Draw(ops, scope, latent, scope.Keep(Linear(ops, EditorWeights.LatentVariance, encoded)), noise);
        }

        Tensor guide = Decode(ops, scope, latent, layers);
        Tensor values = Values(ops, scope, gradient, guide, layers);
        return _thresholded
            ? new NeuronRows(values, Keys(ops, scope, factors, input, guide), Thresholds(ops, scope, guide), divergence)
            : new NeuronRows(values, null, null, divergence);
    }

    private static Tensor Silu(Operations ops, TensorScope scope, Tensor x) =>
        scope.Keep(ops.Activate(scope.Keep(x), Activation.Silu));

    // h
    private Tensor Encode(Operations ops, TensorScope scope, Tensor joined, int[] layers)
    {
        Tensor place = scope.Keep(ops.Embedding(_weights["emb_in"], layers));
        Tensor first = ops.Add(scope.Keep(Linear(ops, "inp", joined)), place);
        return Silu(ops, scope, Linear(ops, "enc", Silu(ops, scope, first)));
    }

    // z drawn from N(mean, exp(logVariance)), and the mean over rows of KL(N(mean, exp(logVariance)) ‖ N(0, 1)).
    private (Tensor Latent, Tensor Divergence) Draw(Operations ops, TensorScope scope, Tensor mean, Tensor logVariance, float[] noise)
    {
        Tensor bounded = scope.Keep(ops.Clamp(logVariance, LowestLogVariance, HighestLogVariance));
        Tensor deviation = scope.Keep(ops.Exp(scope.Keep(ops.Scale(bounded, 0.5f))));
        Tensor drawn = scope.Keep(ops.Multiply(deviation, scope.Keep(Rows(noise, mean.Shape.Rows))));

        // Σ (mean² + exp(logVariance) − logVariance − 1) / 2, as a product with one row of equal weights.
        Tensor squares = scope.Keep(ops.Multiply(mean, mean));
        Tensor variance = scope.Keep(ops.Exp(bounded));
        Tensor rest = scope.Keep(ops.Add(variance, scope.Keep(ops.Scale(bounded, -1, -1))));
        Tensor terms = scope.Keep(ops.Add(squares, rest));
        TensorShape flat = new(1, checked((int)terms.Shape.Count));
        float[] weights = new float[flat.Columns];
        Array.Fill(weights, 0.5f / mean.Shape.Rows);
        Tensor divergence = ops.Linear(scope.Keep(terms.Reshape(flat)), scope.Keep(_engine.Create(flat, weights)));
        return (scope.Keep(ops.Add(mean, drawn)), divergence);
    }

    // g
    private Tensor Decode(Operations ops, TensorScope scope, Tensor latent, int[] layers)
    {
        Tensor decoded = Silu(ops, scope, Linear(ops, "dec2", Silu(ops, scope, Linear(ops, "dec1", latent))));
        return scope.Keep(ops.Add(decoded, scope.Keep(ops.Embedding(_weights["emb_out"], layers)))); // [layers · rows, network]
    }

    private Tensor Values(Operations ops, TensorScope scope, Tensor gradient, Tensor guide, int[] layers)
    {
        Tensor step = scope.Keep(_weights[EditorWeights.StepSize].Reshape(_valueScales.Shape));
        Tensor scales = scope.Keep(ops.Multiply(scope.Keep(ops.Exp(step)), _valueScales)); // [layers, 1]
        Tensor gate = scope.Keep(ops.Activate(scope.Keep(Linear(ops, "gate", guide)), Activation.Sigmoid));
        Tensor raw = scope.Keep(Modulate(ops, scope, gradient, "val", guide));
        return ops.Multiply(scope.Keep(ops.Multiply(raw, gate)), scope.Keep(ops.Embedding(scales, layers)));
    }

    private Tensor Keys(Operations ops, TensorScope scope, GradientFactors factors, Tensor input, Tensor guide)
    {
        Tensor place = Space is RecallSpace space ? Project(ops, scope, space, factors) : input; // q [layers · rows, key size]
        return ops.NormalizeRows(scope.Keep(Modulate(ops, scope, place, "key", guide)));
    }

    // metric · x̂ of all layers after each other.
    private Tensor Project(Operations ops, TensorScope scope, RecallSpace space, GradientFactors factors)
    {
        int rows = factors.Rows;
        Tensor[] layers = [.. factors.Inputs.Select((inputs, layer) => scope.Keep(space.Project(ops, space.FirstLayer + layer, scope.Keep(Rows(inputs, rows)))))];
        Tensor one = scope.Keep(_engine.Create(new TensorShape(rows, 1), [.. Enumerable.Repeat(1f, rows)]));
        return layers.Length == 1 ? layers[0] : scope.Keep(ops.ScatterRows(
            layers, [.. layers.Select(_ => one)], [.. layers.Select((_, layer) => (IReadOnlyList<int>)[.. Enumerable.Range(layer * rows, rows)])],
            rows * layers.Length));
    }

    // The statistics are taken into the metric: metric · (x − mean) / deviation.
    private RecallSpace Recall(Operations ops, EditorSettings settings)
    {
        int layers = settings.Layers, hidden = settings.HiddenSize, keySize = settings.KeySize;
        List<Tensor> metrics = [], offsets = [], sharpness = [];
        using Tensor logs = _weights[EditorWeights.Sharpness].Reshape(new TensorShape(layers, 1));
        using Tensor factors = ops.Exp(logs);
        for (int layer = 0; layer < layers; layer++)
        {
            Span<float> means = _statistics.Means.AsSpan(layer * hidden, hidden), deviations = _statistics.Deviations.AsSpan(layer * hidden, hidden);
            float[] inverse = new float[hidden], center = new float[hidden];
            TensorPrimitives.Divide(1f, deviations, inverse);
            TensorPrimitives.Divide(means, deviations, center);
            TensorPrimitives.Negate(center, center);
            using Tensor scales = _engine.Create(new TensorShape(hidden), inverse);
            using Tensor origin = _engine.Create(new TensorShape(1, hidden), center);
            using Tensor own = ops.Rows(_weights[EditorWeights.Metric], [.. Enumerable.Range(layer * keySize, keySize)]); // [key size, hidden]
            using Tensor offset = ops.Linear(origin, own);
            metrics.Add(ops.Multiply(own, scales));
            offsets.Add(offset.Reshape(new TensorShape(keySize)));
            using Tensor factor = ops.Rows(factors, [layer]);
            sharpness.Add(factor.Reshape(new TensorShape(1)));
        }

        return new RecallSpace(metrics, offsets, sharpness, settings.FirstLayer);
    }

    private Tensor Thresholds(Operations ops, TensorScope scope, Tensor guide)
    {
        Tensor sigmoid = scope.Keep(ops.Activate(scope.Keep(Linear(ops, "thr", guide)), Activation.Sigmoid));
        return ops.Clamp(sigmoid, LowestThreshold, HighestThreshold);
    }

    // x · (1 + a) + b, where a and b are the halves of layer(guide).
    private Tensor Modulate(Operations ops, TensorScope scope, Tensor x, string layer, Tensor guide)
    {
        int size = x.Shape.Columns;
        Tensor both = scope.Keep(Linear(ops, layer, guide));
        Tensor factor = scope.Keep(ops.Scale(scope.Keep(ops.Columns(both, 0, size)), 1, 1));
        Tensor offset = scope.Keep(ops.Columns(both, size, size));
        return ops.Add(scope.Keep(ops.Multiply(x, factor)), offset);
    }

    private Tensor Linear(Operations ops, string name, Tensor x) => ops.Linear(x, _weights[$"{name}.weight"], _weights[$"{name}.bias"]);

    private Tensor Rows(float[] values, int rows) => _engine.Create(new TensorShape(rows, values.Length / rows), values);
}
