using Ibke.Runtime.Editing;
using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Optimizers;

namespace Ibke.Runtime.Training.Editors;

/// <summary>What an editor is before its first step: statistics of the model, and weights with which an edit is a plain step against its gradient.</summary>
internal static class EditorStart
{
    /// <summary>The step sizes that are tried, in parts of the size of an MLP's output.</summary>
    public static IReadOnlyList<float> StepSizes { get; } = [.03f, .1f, .2f, .4f, .8f, 1.6f, 3.2f, 6.4f];

    private const float InitialGate = 2;
    private const float InitialSharpness = 8;
    private const float InitialLogVariance = -4;
    private const int AtOnce = 32;
    private const double SmallestDeviation = 1e-6;
    private const double SmallestMoment = 1e-3;

    /// <summary>Measures inputs, outputs and gradients at the rows that get neurons.</summary>
    /// <param name="model">The model.</param>
    /// <param name="firstLayer">The first layer that is edited.</param>
    /// <param name="texts">Edits that are typical.</param>
    public static EditorStatistics Measure(LanguageModel model, int firstLayer, IReadOnlyList<EditText> texts)
    {
        int layers = model.Config.Layers - firstLayer, hidden = model.Config.HiddenSize;
        double[] sums = new double[layers * hidden], squares = new double[layers * hidden];
        double[] gradients = new double[layers], outputs = new double[layers];
        long rows = 0;
        foreach (EditText[] some in texts.Chunk(AtOnce))
        {
            GradientFactors factors = GradientPass.Run(model, WeightVersion.Base, some, firstLayer, stopIfGreedy: false).Factors!;
            float[] outputSquares = OutputSquares(model, firstLayer, some);
            rows += factors.Rows;
            for (int layer = 0; layer < layers; layer++)
            {
                for (int i = 0; i < factors.Inputs[layer].Length; i++)
                {
                    double x = factors.Inputs[layer][i];
                    sums[(layer * hidden) + (i % hidden)] += x;
                    squares[(layer * hidden) + (i % hidden)] += x * x;
                }

                gradients[layer] += factors.Gradients[layer].Sum(value => (double)value * value);
                outputs[layer] += outputSquares[layer];
            }
        }

        double[] means = [.. sums.Select(sum => sum / rows)];
        return new EditorStatistics(
            [.. means.Select(mean => (float)mean)],
            [.. squares.Zip(means, (square, mean) => (float)(Math.Sqrt(Math.Max(0, (square / rows) - (mean * mean))) + SmallestDeviation))],
            [.. gradients.Select(sum => RootMean(sum, rows * hidden))],
            [.. outputs.Select(sum => RootMean(sum, rows * hidden))]);
    }

    /// <summary>The second moment of each MLP's input over all tokens of texts, with a little of the identity so that it can be inverted.</summary>
    /// <returns>[layers, hidden size, hidden size].</returns>
    public static float[] Moments(LanguageModel model, IReadOnlyList<EditText> texts)
    {
        Operations ops = model.Engine.Operations;
        int hidden = model.Config.HiddenSize;
        double[] sums = new double[model.Config.Layers * hidden * hidden];
        foreach (EditText[] some in texts.Chunk(AtOnce))
        {
            int[] ids = [.. some.SelectMany(text => text.Inputs)];
            SequenceRows[] sequences = [.. some.Select(text => new SequenceRows(text.Inputs.Count))];
            using Tensor result = model.Transformer.Forward(ops, WeightVersion.Base, ids, sequences, (layer, input, _) =>
            {
                using Tensor turned = ops.Transpose(input);
                using Tensor product = ops.Linear(turned, turned); // XᵀX
                float[] values = product.ToArray();
                for (int i = 0; i < values.Length; i++)
                {
                    sums[(layer * values.Length) + i] += values[i];
                }
            });
        }

        int tokens = texts.Sum(text => text.Inputs.Count);
        return [.. sums.Chunk(hidden * hidden).SelectMany(layer =>
        {
            double damping = SmallestMoment * Enumerable.Range(0, hidden).Average(i => layer[(i * hidden) + i]);
            return layer.Select((sum, i) => (float)((sum + (i / hidden == i % hidden ? damping : 0)) / tokens));
        })];
    }

    /// <summary>Random weights; what modulates the plain gradient step begins at zero.</summary>
    /// <param name="settings">Sizes.</param>
    /// <param name="stepSize">See <see cref="StepSizes"/>.</param>
    /// <param name="threshold">The bias of thresholds.</param>
    /// <param name="metric">See <see cref="MetricStart"/>; for recall.</param>
    /// <param name="random">Decides the weights.</param>
    public static IReadOnlyList<TrainableParameter> Weights(
        EditorSettings settings, float stepSize, float threshold, float[]? metric, RandomSource random) =>
    [
        .. EditorWeights.Shapes(settings).Select(weight => new TrainableParameter(weight.Name, weight.Shape, weight.Name switch
        {
            EditorWeights.StepSize => Constant(weight.Shape, MathF.Log(stepSize)),
            EditorWeights.Sharpness => Constant(weight.Shape, MathF.Log(InitialSharpness)),
            EditorWeights.Metric => [.. metric!],
            "gate.bias" => Constant(weight.Shape, InitialGate),
            "thr.bias" => Constant(weight.Shape, threshold),
            $"{EditorWeights.LatentVariance}.bias" => Constant(weight.Shape, InitialLogVariance),
            _ when IsModulation(weight.Name) => Constant(weight.Shape, 0),
            _ => Uniform(weight.Shape, Inputs(settings, weight.Name), random),
        })),
    ];

    /// <summary>The step size with which the edits' losses are lowest when each is alone in force.</summary>
    /// <param name="model">The model.</param>
    /// <param name="texts">Edits that are typical.</param>
    /// <param name="edits">Computes edits in one round with a step size.</param>
    /// <returns>The size, and for each that was tried the mean loss and the share of answers that were the greedy ones.</returns>
    public static (float Best, IReadOnlyList<StepSizeTrial> Trials) TryStepSizes(
        LanguageModel model, IReadOnlyList<EditText> texts, Func<float, EditComputation> edits)
    {
        List<StepSizeTrial> trials = [];
        foreach (float size in StepSizes)
        {
            List<float> losses = [];
            int right = 0;
            foreach (EditText[] some in texts.Chunk(AtOnce))
            {
                WeightEdit[] alone = [.. edits(size).Compute(some, CancellationToken.None).Select(edit => edit.Alone)];
                GradientPass pass = GradientPass.Run(model, EditComputation.Apart(some, alone), some, firstLayer: 0, stopIfGreedy: true);
                losses.AddRange(pass.Losses);
                right += pass.AreGreedy.Count(greedy => greedy);
                Array.ForEach(alone, ComputedEdit.Discard);
            }

            trials.Add(new StepSizeTrial(size, losses.Average(), (double)right / texts.Count));
        }

        return (trials.MinBy(trial => trial.Loss)!.Size, trials);
    }

    private static float[] OutputSquares(LanguageModel model, int firstLayer, EditText[] texts)
    {
        Operations ops = model.Engine.Operations;
        List<int> neurons = [];
        int first = 0;
        foreach (EditText text in texts)
        {
            neurons.AddRange(text.NeuronRows.Select(row => first + row));
            first += text.Inputs.Count;
        }

        float[] squares = new float[model.Config.Layers - firstLayer];
        using Tensor hidden = model.Transformer.Forward(
            ops,
            WeightVersion.Base,
            [.. texts.SelectMany(text => text.Inputs)],
            [.. texts.Select(text => new SequenceRows(text.Inputs.Count))],
            (layer, _, output) =>
            {
                if (layer >= firstLayer)
                {
                    using Tensor selected = ops.Rows(output, neurons);
                    squares[layer - firstLayer] = (float)selected.ToArray().Sum(value => (double)value * value);
                }
            });
        return squares;
    }

    private static bool IsModulation(string name) =>
        name.Split('.')[0] is "emb_in" or "emb_out" or "key" or "val" or "gate" or "thr" or EditorWeights.LatentVariance;

    // The number of inputs of a linear layer, which its weights and its bias are scaled by.
    private static int Inputs(EditorSettings settings, string name) => name.Split('.')[0] switch
    {
        "inp" => 2 * settings.HiddenSize,
        "dec1" => settings.LatentSize,
        _ => settings.NetworkSize,
    };

    private static float RootMean(double sum, long count) => (float)Math.Max(Math.Sqrt(sum / count), float.Epsilon);

    private static float[] Constant(TensorShape shape, float value)
    {
        float[] values = new float[shape.Count];
        Array.Fill(values, value);
        return values;
    }

    private static float[] Uniform(TensorShape shape, int inputs, RandomSource random)
    {
        double bound = 1 / Math.Sqrt(inputs);
        float[] values = new float[shape.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(((2 * random.NextDouble()) - 1) * bound);
        }

        return values;
    }
}

/// <summary>What became of edits with one step size and no training.</summary>
/// <param name="Size">In parts of the size of an MLP's output.</param>
/// <param name="Loss">The mean loss of the edits, each alone in force, nats a token.</param>
/// <param name="Right">The share of answers that were the greedy ones, 0 … 1.</param>
public sealed record StepSizeTrial(float Size, double Loss, double Right);
