using Ibke.Runtime.Models;
using Ibke.Runtime.Models.Network;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>
/// The factors of the gradients of the matrices that MLPs end with, on the unedited model: a matrix's gradient is Σ over tokens of
/// gradientᵀ · input.
/// </summary>
/// <param name="Inputs">For each layer asked for, [tokens, in].</param>
/// <param name="Gradients">For each layer, [tokens, out]: of the sum over edits of the mean loss of an edit.</param>
/// <param name="OutputScales">For each layer the root mean square of what the MLP gives at these tokens.</param>
internal sealed record MatrixFactors(IReadOnlyList<float[]> Inputs, IReadOnlyList<float[]> Gradients, IReadOnlyList<float> OutputScales)
{
    /// <summary>Runs the texts forward and backward.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="batch">The texts.</param>
    /// <param name="rows">The tokens that count.</param>
    public static MatrixFactors Read(EditedModel model, IReadOnlyList<int> layers, EditBatch batch, int[] rows)
    {
        string[] matrices = [.. layers.Select(model.OutputMatrix)];
        float[][] inputs = new float[layers.Count][];
        float[] scales = new float[layers.Count];
        Tensor[] outputs = new Tensor[layers.Count];
        using GradientTape tape = model.Model.Engine.Record();
        ForwardProbes probes = new()
        {
            Matrix = (name, input) =>
            {
                if (Array.IndexOf(matrices, name) is var at and >= 0)
                {
                    inputs[at] = Select(input);
                }
            },
            Mlp = (layer, _, output) =>
            {
                for (int at = 0; at < outputs.Length; at++)
                {
                    if (layers[at] == layer)
                    {
                        tape.Watch(output);
                        outputs[at] = output;
                        scales[at] = MathF.Sqrt(Select(output).Average(value => value * value));
                    }
                }
            },
        };
        using Tensor hidden = model.Model.Transformer.Forward(tape, WeightVersion.Base, batch.Ids, batch.Sequences, probes);
        using Tensor answers = tape.Rows(hidden, batch.AnswerRows);
        using Tensor logits = model.Model.Transformer.Logits(tape, answers);
        using Tensor loss = tape.CrossEntropy(logits, batch.Targets, batch.Weights);
        return new MatrixFactors(inputs, [.. tape.Gradients(loss, outputs).Select(Take)], scales);

        float[] Take(Tensor gradient)
        {
            using (gradient)
            {
                return Select(gradient);
            }
        }

        float[] Select(Tensor tensor)
        {
            using Tensor selected = model.Ops.Rows(tensor, rows);
            return selected.ToArray();
        }
    }
}
