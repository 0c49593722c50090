using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>
/// The trained network of an editor. For each token and layer: the factors x, d of the edit's gradient → a compact latent z → key,
/// threshold and value of a neuron.
/// </summary>
/// <remarks>
/// <code>
/// x̂ = (x − mean) / deviation          δ = d / rms_d          d̂ = δ / (‖δ‖ + 1e-6) · log(1 + ‖δ‖)
/// h = silu(enc(silu(inp([x̂; d̂]) + emb_in)))          z = mu(h)          g = silu(dec2(silu(dec1(z)))) + emb_out
/// [c; e] = key(g)    key = normalise(x̂ · (1 + c) + e)          threshold = clamp(sigmoid(thr(g)), 0.02, 0.98)
/// [a; b] = val(g)    value = −exp(eta) · rms_y · (d̂ · (1 + a) + b) · sigmoid(gate(g))
/// </code>
/// Layers share the network; each has its own embeddings, scales and statistics. Thread-safe.
/// </remarks>
internal sealed class EditorNetwork
{
    private const float LowestThreshold = 0.02f;
    private const float HighestThreshold = 0.98f;

    private readonly EditorSettings _settings;
    private readonly Engine _engine;
    private readonly float[] _means; // [layers, hidden]
    private readonly float[] _deviations; // [layers, hidden]
    private readonly float[] _gradientScales; // [layers]
    private readonly float[] _valueScales; // [layers]: −exp(eta) · rms_y
    private readonly Tensor _layersIn; // [layers, network]
    private readonly Tensor _layersOut; // [layers, network]
    private readonly Layer _in;
    private readonly Layer _encoder;
    private readonly Layer _latent;
    private readonly Layer _decoder1;
    private readonly Layer _decoder2;
    private readonly Layer _value;
    private readonly Layer _gate;
    private readonly Layer? _key;
    private readonly Layer? _threshold;

    /// <summary>Reads the network of an editor.</summary>
    /// <exception cref="Checkpoints.CheckpointException">A tensor is missing, of another shape, or not finite; says which.</exception>
    public EditorNetwork(EditorSettings settings, EditorTensors tensors, Engine engine)
    {
        int layers = settings.Layers, hidden = settings.HiddenSize, latent = settings.LatentSize, network = settings.NetworkSize;
        _settings = settings;
        _engine = engine;
        _means = tensors.Values("xm", layers, hidden);
        _deviations = tensors.PositiveValues("xs", layers, hidden);
        _gradientScales = tensors.PositiveValues("ds", layers);
        float[] outputScales = tensors.PositiveValues("os", layers);
        _valueScales = [.. tensors.Values("eta", layers).Zip(outputScales, (eta, rms) => -MathF.Exp(eta) * rms)];
        _layersIn = tensors.Tensor("emb_in", layers, network);
        _layersOut = tensors.Tensor("emb_out", layers, network);
        _in = Layer.Take(tensors, "inp", network, 2 * hidden);
        _encoder = Layer.Take(tensors, "enc", network, network);
        _latent = Layer.Take(tensors, "mu", latent, network);
        _decoder1 = Layer.Take(tensors, "dec1", network, latent);
        _decoder2 = Layer.Take(tensors, "dec2", network, network);
        _value = Layer.Take(tensors, "val", 2 * hidden, network);
        _gate = Layer.Take(tensors, "gate", 1, network);
        if (settings.Form == NeuronForm.Sparse)
        {
            _key = Layer.Take(tensors, "key", 2 * hidden, network);
            _threshold = Layer.Take(tensors, "thr", 1, network);
        }

        Normalization = new NeuronNormalization(PerLayer(_means), PerLayer(_deviations));
    }

    /// <summary>The statistics by which its neurons see an MLP's input.</summary>
    public NeuronNormalization Normalization { get; }

    /// <summary>Runs the network over all tokens and layers of one edit at once.</summary>
    /// <param name="ops">The engine's operations.</param>
    /// <param name="factors">The edit's gradients.</param>
    public EditFactors Update(Operations ops, GradientFactors factors)
    {
        using TensorScope scope = new();
        int hidden = _settings.HiddenSize;
        int[] layers = [.. Enumerable.Range(0, _settings.Layers).SelectMany(layer => Enumerable.Repeat(layer, factors.Rows))];
        Tensor input = scope.Keep(Create(NormalizeInputs(factors), hidden)); // x̂ [rows · layers, hidden]
        Tensor gradient = scope.Keep(Create(NormalizeGradients(factors), hidden)); // d̂ [rows · layers, hidden]

        Tensor joined = scope.Keep(ops.Concatenate(input, gradient));
        Tensor first = ops.Add(scope.Keep(_in.Apply(ops, joined)), scope.Keep(ops.Embedding(_layersIn, layers)));
        Tensor encoded = Silu(ops, scope, _encoder.Apply(ops, Silu(ops, scope, first)));
        Tensor latent = scope.Keep(_latent.Apply(ops, encoded)); // z [rows · layers, latent]
        Tensor decoded = Silu(ops, scope, _decoder2.Apply(ops, Silu(ops, scope, _decoder1.Apply(ops, latent))));
        Tensor guide = scope.Keep(ops.Add(decoded, scope.Keep(ops.Embedding(_layersOut, layers)))); // g [rows · layers, network]

        Tensor scales = scope.Keep(Create([.. layers.Select(layer => _valueScales[layer])], 1));
        Tensor gate = scope.Keep(ops.Activate(scope.Keep(_gate.Apply(ops, guide)), Activation.Sigmoid));
        Tensor raw = Modulate(ops, scope, gradient, _value, guide);
        Tensor values = scope.Keep(ops.Multiply(scope.Keep(ops.Multiply(raw, gate)), scales));
        if (_key is null || _threshold is null)
        {
            return new EditFactors(factors.Rows, factors.Inputs, Split(values, factors.Rows), [], []);
        }

        Tensor keys = scope.Keep(ops.NormalizeRows(Modulate(ops, scope, input, _key, guide)));
        Tensor sigmoid = scope.Keep(ops.Activate(scope.Keep(_threshold.Apply(ops, guide)), Activation.Sigmoid));
        Tensor thresholds = scope.Keep(ops.Clamp(sigmoid, LowestThreshold, HighestThreshold));
        return new EditFactors(
            factors.Rows, factors.Inputs, Split(values, factors.Rows), Split(keys, factors.Rows), Split(thresholds, factors.Rows));
    }

    private static Tensor Silu(Operations ops, TensorScope scope, Tensor x) =>
        scope.Keep(ops.Activate(scope.Keep(x), Activation.Silu));

    // x · (1 + a) + b, where a and b are the halves of layer(guide).
    private static Tensor Modulate(Operations ops, TensorScope scope, Tensor x, Layer layer, Tensor guide)
    {
        int size = x.Shape.Columns;
        Tensor both = scope.Keep(layer.Apply(ops, guide));
        Tensor factor = scope.Keep(ops.Scale(scope.Keep(ops.Columns(both, 0, size)), 1, 1));
        Tensor offset = scope.Keep(ops.Columns(both, size, size));
        return scope.Keep(ops.Add(scope.Keep(ops.Multiply(x, factor)), offset));
    }

    private static float[][] Split(Tensor rows, int rowsPerLayer) =>
        [.. rows.ToArray().Chunk(rowsPerLayer * rows.Shape.Columns)];

    private float[] NormalizeInputs(GradientFactors factors)
    {
        int hidden = _settings.HiddenSize;
        float[] result = new float[factors.Inputs.Count * factors.Rows * hidden];
        for (int layer = 0; layer < factors.Inputs.Count; layer++)
        {
            float[] inputs = factors.Inputs[layer];
            for (int i = 0; i < inputs.Length; i++)
            {
                int column = (layer * hidden) + (i % hidden);
                result[(layer * inputs.Length) + i] = (inputs[i] - _means[column]) / _deviations[column];
            }
        }

        return result;
    }

    private float[] NormalizeGradients(GradientFactors factors)
    {
        int hidden = _settings.HiddenSize;
        float[] result = new float[factors.Gradients.Count * factors.Rows * hidden];
        for (int layer = 0; layer < factors.Gradients.Count; layer++)
        {
            for (int row = 0; row < factors.Rows; row++)
            {
                ReadOnlySpan<float> source = factors.Gradients[layer].AsSpan(row * hidden, hidden);
                Span<float> target = result.AsSpan(((layer * factors.Rows) + row) * hidden, hidden);
                double squares = 0;
                for (int i = 0; i < hidden; i++)
                {
                    target[i] = source[i] / _gradientScales[layer];
                    squares += (double)target[i] * target[i];
                }

                double norm = Math.Sqrt(squares);
                float factor = (float)(Math.Log(1 + norm) / (norm + 1e-6));
                for (int i = 0; i < hidden; i++)
                {
                    target[i] *= factor;
                }
            }
        }

        return result;
    }

    private Tensor Create(float[] values, int columns) => _engine.Create(new TensorShape(values.Length / columns, columns), values);

    private Tensor[] PerLayer(float[] values) =>
        [.. values.Chunk(_settings.HiddenSize).Select(row => _engine.Create(new TensorShape(row.Length), row))];

    private sealed record Layer(Tensor Weight, Tensor Bias)
    {
        public static Layer Take(EditorTensors tensors, string name, int outputs, int inputs) =>
            new(tensors.Tensor($"{name}.weight", outputs, inputs), tensors.Tensor($"{name}.bias", outputs));

        public Tensor Apply(Operations ops, Tensor x) => ops.Linear(x, Weight, Bias);
    }
}
