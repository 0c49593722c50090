using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>One look at an edit's text by a model: its loss, whether the answer is already the greedy one, and the gradients.</summary>
/// <param name="Loss">Mean negative log-likelihood of the answer and its end of turn, nats a token.</param>
/// <param name="IsGreedy">Whether greedy generation gives exactly the answer and its end.</param>
/// <param name="Factors">Null where they were not wanted.</param>
internal sealed record GradientPass(float Loss, bool IsGreedy, GradientFactors? Factors)
{
    /// <summary>Runs the model forward and, unless the answer is greedy and that suffices, backward.</summary>
    /// <param name="model">The model.</param>
    /// <param name="version">The edits in force.</param>
    /// <param name="text">The edit's text.</param>
    /// <param name="stopIfGreedy">Whether gradients are not wanted once the answer is the greedy one.</param>
    /// <exception cref="ArithmeticException">The loss is not a finite number.</exception>
    public static GradientPass Run(LanguageModel model, WeightVersion version, EditText text, bool stopIfGreedy)
    {
        Operations plain = model.Engine.Operations;
        int layers = model.Config.Layers;
        float[][] inputs = new float[layers][];
        Tensor[] outputs = new Tensor[layers];
        using GradientTape tape = model.Engine.Record();
        using Tensor hidden = model.Transformer.Forward(tape, version, text.Inputs, [new SequenceRows(text.Inputs.Count)], (layer, input, output) =>
        {
            tape.Watch(output);
            outputs[layer] = output;
            inputs[layer] = SelectRows(plain, input, text.NeuronRows);
        }); // [tokens, hidden]
        using Tensor answer = tape.Rows(hidden, text.AnswerRows);
        using Tensor logits = model.Transformer.Logits(tape, answer); // [targets, vocabulary]
        using Tensor loss = tape.CrossEntropy(logits, text.Targets);
        bool greedy = plain.ArgMax(logits).SequenceEqual(text.Targets);
        float value = loss.ToScalar();
        if (!float.IsFinite(value))
        {
            throw new ArithmeticException($"The loss of the edit is {value}; the model or an edit in force is damaged.");
        }

        if (greedy && stopIfGreedy)
        {
            return new GradientPass(value, greedy, null);
        }

        IReadOnlyList<Tensor> gradients = tape.Gradients(loss, outputs); // [tokens, hidden] each
        try
        {
            float[][] rows = [.. gradients.Select(gradient => SelectRows(plain, gradient, text.NeuronRows))];
            return new GradientPass(value, greedy, new GradientFactors(text.NeuronRows.Count, inputs, rows));
        }
        finally
        {
            foreach (Tensor gradient in gradients)
            {
                gradient.Dispose();
            }
        }
    }

    private static float[] SelectRows(Operations ops, Tensor tensor, IReadOnlyList<int> rows)
    {
        using Tensor selected = ops.Rows(tensor, rows);
        return selected.ToArray();
    }
}
