using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>Settings of constrained fine-tuning.</summary>
internal sealed record FineTuningSettings
{
    /// <summary>The layer whose last MLP matrix is trained, from 0.</summary>
    public required int Layer { get; init; }

    /// <summary>The learning rate of Adam.</summary>
    public float Rate { get; init; } = 3e-3f;

    /// <summary>The most steps, each over all edits.</summary>
    public int Steps { get; init; } = 80;

    /// <summary>The most that a weight may change, ε.</summary>
    public float Limit { get; init; } = 0.05f;

    /// <summary>The mean loss, nats a token, at which it ends.</summary>
    public float StopLoss { get; init; } = 0.01f;
}

/// <summary>A matrix that was fine-tuned.</summary>
/// <param name="Delta">Its change.</param>
/// <param name="Steps">The steps it took.</param>
/// <param name="LossBefore">The mean loss of the edits before, nats a token.</param>
internal sealed record FineTuning(MatrixDelta Delta, int Steps, float LossBefore);

/// <summary>
/// Constrained fine-tuning (FT-M): one layer's last MLP matrix is trained on all edits together, on the tokens of the answers alone, while every
/// weight stays within ε of what it was: min Σ −log p(answer | prompt; W + Δ) with ‖Δ‖∞ ≤ ε.
/// </summary>
/// <remarks>
/// C. Zhu et al., Modifying Memories in Transformer Models, arXiv 2012.00363 (the constraint); N. Zhang et al., A Comprehensive Study of Knowledge
/// Editing for Large Language Models, arXiv 2401.01286 (FT-M: the loss on the answer's tokens).
/// </remarks>
internal sealed class FineTuningMethod(EditedModel model, FineTuningSettings settings) : WeightMethod(model)
{
    /// <inheritdoc/>
    public override string Name => "ft-m";

    /// <inheritdoc/>
    protected override IReadOnlyList<MatrixDelta> Compute(IReadOnlyList<EditRequest> requests, CancellationToken cancellationToken) =>
        [Train([.. requests.Select(Model.Texts.Create)], cancellationToken).Delta];

    /// <summary>Whether a change is of the matrix that is trained.</summary>
    internal bool Fits(MatrixDelta delta) => delta.Matrix == Model.OutputMatrix(settings.Layer) && delta.Shape == Model.OutputShape(settings.Layer);

    /// <summary>Trains on the texts of edits.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two passes.</exception>
    /// <exception cref="ArithmeticException">The loss is not finite.</exception>
    internal FineTuning Train(IReadOnlyList<EditText> texts, CancellationToken cancellationToken)
    {
        EditBatch[] batches = [.. EditBatch.Split(texts)];
        string matrix = Model.OutputMatrix(settings.Layer);
        TensorShape shape = Model.OutputShape(settings.Layer);
        float[] change = new float[shape.Count];
        Adam adam = new(change.Length);
        float before = 0;
        int step = 0;
        for (; step < settings.Steps; step++)
        {
            float[] gradient = new float[change.Length];
            float loss = 0;
            foreach (EditBatch batch in batches)
            {
                cancellationToken.ThrowIfCancellationRequested();
                loss += AddGradient(batch, matrix, shape, change, gradient, 1f / texts.Count);
            }

            if (!float.IsFinite(loss))
            {
                throw new ArithmeticException($"The loss of the edits is {loss}; the model is damaged, or the learning rate is too high.");
            }

            before = step == 0 ? loss : before;
            if (loss < settings.StopLoss)
            {
                break;
            }

            adam.Step(change, gradient, settings.Rate);
            for (int i = 0; i < change.Length; i++)
            {
                change[i] = Math.Clamp(change[i], -settings.Limit, settings.Limit);
            }
        }

        return new FineTuning(MatrixDelta.Dense(matrix, Model.Model.Engine.Create(shape, change)), step, before);
    }

    private float AddGradient(EditBatch batch, string matrix, TensorShape shape, float[] change, float[] sum, float share)
    {
        using Tensor values = Model.Model.Engine.Create(shape, change);
        using GradientTape tape = Model.Model.Engine.Record();
        tape.Watch(values);
        WeightVersion version = new(0, [new WeightEdit([MatrixDelta.Dense(matrix, values)])]);
        using Tensor hidden = Model.Model.Transformer.Forward(tape, version, batch.Ids, batch.Sequences);
        using Tensor answers = tape.Rows(hidden, batch.AnswerRows);
        using Tensor logits = Model.Model.Transformer.Logits(tape, answers);
        using Tensor loss = tape.CrossEntropy(logits, batch.Targets, [.. batch.Weights.Select(weight => weight * share)]);
        using Tensor gradient = tape.Gradients(loss, [values])[0];
        float[] own = gradient.ToArray();
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += own[i];
        }

        return loss.ToScalar();
    }
}
