using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>One look at the texts of edits by a model: their losses, whether the answers are already the greedy ones, and the gradients.</summary>
/// <param name="Losses">For each text the mean negative log-likelihood of the answer and its end of turn, nats a token.</param>
/// <param name="AreGreedy">For each text whether greedy generation gives exactly the answer and its end.</param>
/// <param name="Factors">The gradients of each text's own loss, texts after each other; null where they were not wanted.</param>
internal sealed record GradientPass(IReadOnlyList<float> Losses, IReadOnlyList<bool> AreGreedy, GradientFactors? Factors)
{
    /// <summary>Runs the model forward and, unless all answers are greedy and that suffices, backward. The texts do not see each other.</summary>
    /// <param name="model">The model.</param>
    /// <param name="version">The edits in force.</param>
    /// <param name="texts">The texts of the edits.</param>
    /// <param name="firstLayer">The first layer whose factors are wanted.</param>
    /// <param name="stopIfGreedy">Whether gradients are not wanted once all answers are the greedy ones.</param>
    /// <exception cref="ArithmeticException">A loss is not a finite number.</exception>
    public static GradientPass Run(
        LanguageModel model, WeightVersion version, IReadOnlyList<EditText> texts, int firstLayer, bool stopIfGreedy)
    {
        Operations plain = model.Engine.Operations;
        int layers = model.Config.Layers - firstLayer;
        TextRows rows = TextRows.Of(texts);
        float[][] inputs = new float[layers][];
        Tensor[] outputs = new Tensor[layers];
        using GradientTape tape = model.Engine.Record();
        using Tensor hidden = model.Transformer.Forward(tape, version, rows.Ids, rows.Sequences, (layer, input, output) =>
        {
            if (layer >= firstLayer)
            {
                tape.Watch(output);
                outputs[layer - firstLayer] = output;
                inputs[layer - firstLayer] = SelectRows(plain, input, rows.NeuronRows);
            }
        }); // [tokens, hidden]
        using Tensor answers = tape.Rows(hidden, rows.AnswerRows);
        using Tensor logits = model.Transformer.Logits(tape, answers); // [targets, vocabulary]
        float[] losses = [.. rows.PerText(plain.TokenLosses(logits, rows.Targets), values => values.Average())];
        bool[] greedy = [.. rows.PerText([.. plain.ArgMax(logits).Zip(rows.Targets, (token, wanted) => token == wanted)], hits => hits.All(hit => hit))];
        if (losses.FirstOrDefault(loss => !float.IsFinite(loss)) is var bad and not 0)
        {
            throw new ArithmeticException($"The loss of the edit is {bad}; the model or an edit in force is damaged.");
        }

        if (stopIfGreedy && greedy.All(right => right))
        {
            return new GradientPass(losses, greedy, null);
        }

        // The sum over texts of their mean losses: no text's gradient depends on another's.
        using Tensor loss = tape.CrossEntropy(logits, rows.Targets, rows.Weights);
        IReadOnlyList<Tensor> gradients = tape.Gradients(loss, outputs); // [tokens, hidden] each
        try
        {
            float[][] selected = [.. gradients.Select(gradient => SelectRows(plain, gradient, rows.NeuronRows))];
            return new GradientPass(losses, greedy, new GradientFactors(rows.NeuronRows.Length, inputs, selected));
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

    // All texts after each other.
    private sealed record TextRows(
        int[] Ids, SequenceRows[] Sequences, int[] NeuronRows, int[] AnswerRows, int[] Targets, float[] Weights, int[] TargetCounts)
    {
        public static TextRows Of(IReadOnlyList<EditText> texts)
        {
            List<int> neurons = [], answers = [];
            int first = 0;
            foreach (EditText text in texts)
            {
                neurons.AddRange(text.NeuronRows.Select(row => first + row));
                answers.AddRange(text.AnswerRows.Select(row => first + row));
                first += text.Inputs.Count;
            }

            return new TextRows(
                [.. texts.SelectMany(text => text.Inputs)],
                [.. texts.Select(text => new SequenceRows(text.Inputs.Count))],
                [.. neurons],
                [.. answers],
                [.. texts.SelectMany(text => text.Targets)],
                [.. texts.SelectMany(text => Enumerable.Repeat(1f / text.Targets.Count, text.Targets.Count))],
                [.. texts.Select(text => text.Targets.Count)]);
        }

        public IEnumerable<TResult> PerText<T, TResult>(T[] values, Func<T[], TResult> join)
        {
            int first = 0;
            foreach (int count in TargetCounts)
            {
                yield return join(values[first..(first + count)]);
                first += count;
            }
        }
    }
}
