using Ibke.Runtime.Editing;
using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Training.Editors;

/// <summary>The update of a group of edits, made on a tape: each edit computed by itself, as in use, all of them in force together.</summary>
internal sealed class GroupUpdate : IDisposable
{
    private readonly TensorScope _scope;
    private readonly NeuronRows _rows;
    private readonly IReadOnlyList<float[]> _inputs;
    private readonly int[] _rowCounts;

    private GroupUpdate(TensorScope scope, NeuronRows rows, Tensor divergence, IReadOnlyList<float[]> inputs, int[] rowCounts)
    {
        (_scope, _rows, _inputs, _rowCounts) = (scope, rows, inputs, rowCounts);
        Divergence = divergence;
    }

    /// <summary>[1, 1]: the mean over tokens, layers and rounds of KL(q(z) ‖ N(0, 1)), nats.</summary>
    public Tensor Divergence { get; }

    /// <summary>Computes the group's edits.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tape">Where the network's weights are watched.</param>
    /// <param name="network">The network.</param>
    /// <param name="form">Makes the neurons of an edit that is alone in force.</param>
    /// <param name="texts">The edits.</param>
    /// <param name="second">Whether edits that are not right after one round get a second.</param>
    /// <param name="random">Draws the latents.</param>
    /// <param name="latentSize">The size of a latent.</param>
    public static GroupUpdate Compute(
        LanguageModel model,
        GradientTape tape,
        EditorNetwork network,
        UpdateForm form,
        IReadOnlyList<EditText> texts,
        bool second,
        RandomSource random,
        int latentSize)
    {
        TensorScope scope = new();
        int[] counts = EditComputation.RowCounts(texts);
        GradientFactors factors = GradientPass.Run(model, WeightVersion.Base, texts, network.Space.FirstLayer, stopIfGreedy: false).Factors!;
        NeuronRows first = Run(factors);
        GroupUpdate alone = new(scope, first, first.LatentDivergence!, factors.Inputs, counts);
        if (!second)
        {
            return alone;
        }

        WeightEdit[] edits = [.. alone.Factors().Select(form.Alone)];
        GradientPass pass = GradientPass.Run(model, EditComputation.Apart(texts, edits), texts, network.Space.FirstLayer, stopIfGreedy: true);
        Array.ForEach(edits, ComputedEdit.Discard);
        if (pass.Factors is null)
        {
            return alone;
        }

        // Keys are where the base model is, and nothing flows back through the first round into the gradient of the second.
        NeuronRows more = Run(pass.Factors with { Inputs = factors.Inputs });
        float[] open = [.. Enumerable.Repeat(0, factors.Inputs.Count)
            .SelectMany(_ => texts.SelectMany((_, i) => Enumerable.Repeat(pass.AreGreedy[i] ? 0f : 1f, counts[i])))];
        Tensor mask = scope.Keep(model.Engine.Create(new TensorShape(open.Length, 1), open));
        Tensor values = scope.Keep(tape.Add(first.Values, scope.Keep(tape.Multiply(more.Values, mask))));
        Tensor both = scope.Keep(tape.Add(first.LatentDivergence!, more.LatentDivergence!));
        return new GroupUpdate(scope, first with { Values = values }, scope.Keep(tape.Scale(both, 0.5f)), factors.Inputs, counts);

        NeuronRows Run(GradientFactors gradients)
        {
            float[] noise = NormalNoise.Draw(random, gradients.Inputs.Count * gradients.Rows * latentSize);
            NeuronRows rows = network.Neurons(tape, gradients, noise);
            foreach (Tensor? tensor in new[] { rows.Values, rows.Keys, rows.Thresholds, rows.LatentDivergence })
            {
                _ = tensor is null ? null : scope.Keep(tensor);
            }

            return rows;
        }
    }

    /// <summary>The neurons of all edits, and of a background, in force together.</summary>
    /// <param name="tape">The same as before.</param>
    /// <param name="form">How rows become neurons.</param>
    /// <param name="space">How the neurons see their input.</param>
    /// <param name="background">Edits of earlier steps.</param>
    /// <param name="weights">The tensors of all that is trained, by name.</param>
    public WeightVersion Version(
        GradientTape tape,
        GroupForm form,
        NeuronSpace space,
        IReadOnlyList<BankedEdit> background,
        IReadOnlyDictionary<string, Tensor> weights)
    {
        int rows = _rowCounts.Sum();
        return WeightVersion.OfNeurons(
        [
            .. Enumerable.Repeat<IReadOnlyList<NeuronGroup>>([], space.FirstLayer),
            .. Enumerable.Range(0, _inputs.Count).Select(
                layer => (IReadOnlyList<NeuronGroup>)[new NeuronGroup(space, form.Blocks(tape, _scope, layer, Layer(layer), background, weights))]),
        ]);

        LayerRows Layer(int layer)
        {
            int[] own = [.. Enumerable.Range(layer * rows, rows)];
            Tensor? thresholds = Part(_rows.Thresholds);
            return new LayerRows(
                _inputs[layer],
                Part(_rows.Values)!,
                Part(_rows.Keys),
                thresholds is null ? null : _scope.Keep(thresholds.Reshape(new TensorShape(rows))));

            Tensor? Part(Tensor? tensor) => tensor is null ? null : _scope.Keep(tape.Rows(tensor, own));
        }
    }

    /// <summary>The same as numbers, for each edit.</summary>
    public IReadOnlyList<EditFactors> Factors()
    {
        int rows = _rowCounts.Sum();
        return new EditFactors(rows, _inputs, Split(_rows.Values), Split(_rows.Keys), Split(_rows.Thresholds)).Split(_rowCounts);

        float[][] Split(Tensor? tensor) => tensor is null ? [] : [.. tensor.ToArray().Chunk(rows * tensor.Shape.Columns)];
    }

    /// <inheritdoc/>
    public void Dispose() => _scope.Dispose();
}
