using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Batches;
using Ibke.Runtime.Training.Optimizers;
using Tensor = Ibke.Runtime.Tensors.Tensor;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Ibke.Runtime.Training.LanguageModels;

/// <summary>
/// Trains the weights of a transformer: each step makes a network of the present values, takes the gradients of its batches, and lets the
/// optimizers change the values.
/// </summary>
/// <remarks>Not thread-safe. The same values, batches and rates give the same bits, whatever the number of threads.</remarks>
internal sealed class LanguageModelTrainer
{
    private readonly Engine _engine;
    private readonly TransformerConfig _config;
    private readonly IReadOnlyList<OptimizerGroup> _groups;
    private readonly float? _clipNorm;
    private readonly Dictionary<string, TrainableParameter> _byName;

    /// <summary>Takes over the parameters.</summary>
    /// <param name="engine">Where it is computed.</param>
    /// <param name="config">The network.</param>
    /// <param name="parameters">All of its weights.</param>
    /// <param name="groups">Optimizers of disjoint parameters; what no optimizer has stays as it is.</param>
    /// <param name="clipNorm">The largest norm of all gradients together; null leaves every one.</param>
    public LanguageModelTrainer(
        Engine engine, TransformerConfig config, IReadOnlyList<TrainableParameter> parameters, IReadOnlyList<OptimizerGroup> groups, float? clipNorm)
    {
        _engine = engine;
        _config = config;
        Parameters = parameters;
        _groups = groups;
        _clipNorm = clipNorm;
        _byName = parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
    }

    /// <summary>All weights.</summary>
    public IReadOnlyList<TrainableParameter> Parameters { get; }

    /// <summary>The optimizers.</summary>
    public IEnumerable<Optimizer> Optimizers => _groups.Select(group => group.Optimizer);

    /// <summary>
    /// Takes one step down the loss Σ weight · −log p(target) / Σ weight over all batches. The batches are computed one after the other and
    /// their gradients summed, so that together they may need more memory than there is.
    /// </summary>
    /// <param name="batches">At least one with a learned token.</param>
    /// <param name="factor">Factor of the learning rates.</param>
    /// <exception cref="ArithmeticException">The loss or a gradient is not a finite number. The values are as before.</exception>
    public StepResult Step(IReadOnlyList<TrainingBatch> batches, double factor)
    {
        double weight = batches.Sum(batch => batch.TotalWeight);
        foreach (TrainableParameter parameter in Parameters)
        {
            Array.Clear(parameter.Gradient);
        }

        List<BatchResult> results = [];
        using (Transformer network = Transformer.Create(_config, _engine, (name, shape) => _engine.Create(shape, _byName[name].Values)))
        {
            foreach (TrainingBatch batch in batches)
            {
                results.Add(AddGradients(network, batch, weight));
            }
        }

        double loss = results.Sum(result => result.Loss);
        double norm = GradientClipping.Clip(Parameters, _clipNorm);
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
        {
            throw new ArithmeticException($"The loss is {loss} and the norm of its gradient {norm}. Lower the learning rates, or clip gradients.");
        }

        foreach (OptimizerGroup group in _groups)
        {
            group.Optimizer.Step((float)(group.PeakRate * factor));
        }

        return new StepResult(loss, norm, results);
    }

    private BatchResult AddGradients(Transformer network, TrainingBatch batch, double totalWeight)
    {
        float[] weights = [.. batch.Weights.Select(weight => (float)(weight / totalWeight))];
        Tensor[] sources = [.. Parameters.Select(parameter => network.Parameters[parameter.Name])];
        using GradientTape tape = _engine.Record();
        foreach (Tensor source in sources)
        {
            tape.Watch(source);
        }

        using Tensor hidden = network.Forward(tape, WeightVersion.Base, batch.Inputs, batch.Sequences); // [rows, hidden]
        using Tensor learned = tape.Rows(hidden, batch.LearnedRows);
        using Tensor logits = network.Logits(tape, learned); // [learned rows, vocabulary]
        using Tensor loss = tape.CrossEntropy(logits, batch.Targets, weights);
        BatchResult result = new(loss.ToScalar(), _engine.Operations.TokenLosses(logits, batch.Targets), _engine.Operations.ArgMax(logits));
        IReadOnlyList<Tensor> gradients = tape.Gradients(loss, sources);
        for (int i = 0; i < gradients.Count; i++)
        {
            using Tensor gradient = gradients[i];
            TensorPrimitives.Add(Parameters[i].Gradient, gradient.ToArray(), Parameters[i].Gradient);
        }

        return result;
    }
}

/// <summary>An optimizer and the learning rate that it has where the schedule's factor is one.</summary>
internal sealed record OptimizerGroup(Optimizer Optimizer, float PeakRate);

/// <summary>What one step came upon.</summary>
/// <param name="Loss">Before the step.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="Batches">For each batch.</param>
internal sealed record StepResult(double Loss, double GradientNorm, IReadOnlyList<BatchResult> Batches);

/// <summary>What a batch came upon.</summary>
/// <param name="Loss">Its part of the loss of the step.</param>
/// <param name="TokenLosses">For each learned row −log p(target).</param>
/// <param name="Predicted">For each learned row the likeliest token.</param>
internal sealed record BatchResult(float Loss, float[] TokenLosses, int[] Predicted);
