using Ibke.Runtime.Editing;
using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Editors;
using Ibke.Runtime.Training.Optimizers;

namespace Ibke.Runtime.Tests.Training.Editors;

[Collection(nameof(TinyKnowledge))]
public sealed class GroupLossTests(TinyKnowledge knowledge)
{
    private readonly LanguageModel _model = knowledge.Model;

    [Theory]
    [InlineData(NeuronForm.Sparse, 0)]
    [InlineData(NeuronForm.Linear, 0)]
    [InlineData(NeuronForm.Recall, 0)]
    [InlineData(NeuronForm.Recall, 1)]
    public void Gradients_OfEveryParameter_AgreeWithDifferences(NeuronForm kind, int firstLayer)
    {
        CaseEncoder encoder = new(_model, kind);
        EditText[] texts = [.. TinyKnowledge.Training.Take(4).Select(edit => encoder.Edit(edit, edit.Answer))];
        ScoredPrompt[] prompts =
        [
            .. TinyKnowledge.Training.Take(4).Select(edit => encoder.Question(PromptRole.Rephrasing, edit.Rephrasings[0], edit.Answer)),
            .. new BaseReplies(_model, encoder).Of(TinyKnowledge.Training[8].Locality).OfType<ScoredPrompt>(),
        ];
        int hidden = _model.Config.HiddenSize;
        EditorSettings settings = new(
            "", kind, null, firstLayer, _model.Config.Layers - firstLayer, hidden, kind == NeuronForm.Recall ? 12 : hidden, LatentSize: 8, NetworkSize: 16, Rounds: 2);
        EditorStatistics statistics = EditorStart.Measure(_model, settings.FirstLayer, texts);
        GroupForm form = kind == NeuronForm.Linear
            ? new LinearGroupForm(_model.Engine, settings, EditorStart.Moments(_model, texts), 20)
            : new SparseGroupForm(_model.Engine, kind);
        float[]? metric = kind == NeuronForm.Recall ? MetricStart.Measure(_model, settings.FirstLayer, statistics, texts, settings.KeySize) : null;
        TrainableParameter[] parameters = [.. EditorStart.Weights(settings, 1.5f, 0, metric, new RandomSource(4)), .. form.Parameters];
        Disturb(parameters);

        float[][] gradients = Gradients();

        foreach ((TrainableParameter parameter, float[] gradient) in parameters.Zip(gradients))
        {
            // Along its own gradient the loss must change by the gradient's length.
            double length = Math.Sqrt(gradient.Sum(value => (double)value * value));
            Assert.True(length > 0, parameter.Name);
            float[] before = [.. parameter.Values];
            double step = 1e-3;
            double up = Moved(step), down = Moved(-step);
            before.CopyTo(parameter.Values, 0);
            Assert.True(Math.Abs(((up - down) / (2 * step)) - length) < 0.03 * length + 2e-3, $"{parameter.Name}: {(up - down) / (2 * step)} and {length}");

            double Moved(double by)
            {
                for (int i = 0; i < gradient.Length; i++)
                {
                    parameter.Values[i] = before[i] + (float)(by * gradient[i] / length);
                }

                return Loss().Value;
            }
        }

        float[][] Gradients() => Loss(true).Gradients!;

        (double Value, float[][]? Gradients) Loss(bool wanted = false)
        {
            Dictionary<string, Tensor> weights = parameters.ToDictionary(p => p.Name, p => _model.Engine.Create(p.Shape, p.Values));
            using GradientTape tape = _model.Engine.Record();
            Array.ForEach(parameters, parameter => tape.Watch(weights[parameter.Name]));
            EditorNetwork network = new(settings, statistics, weights, _model.Engine, tape);
            using GroupUpdate update = GroupUpdate.Compute(
                _model, tape, network, form.InUse(network), texts, second: false, new RandomSource(9), settings.LatentSize);
            WeightVersion version = update.Version(tape, form, network.Space, [], weights);
            GroupLoss loss = GroupLoss.Compute(_model, tape, version, prompts, update.Divergence, new EditorLossWeights(Latent: 0.1));
            using Tensor total = loss.Total;
            Assert.Equal(loss.Parts.Total(new EditorLossWeights(Latent: 0.1)), total.ToScalar(), 1e-4);
            return (total.ToScalar(), wanted
                ? [.. tape.Gradients(total, [.. parameters.Select(parameter => weights[parameter.Name])]).Select(gradient => gradient.ToArray())]
                : null);
        }
    }

    // Away from zero, so that everything has a gradient.
    private static void Disturb(TrainableParameter[] parameters)
    {
        Random random = new(2);
        foreach (TrainableParameter parameter in parameters.Where(parameter => parameter.Values.All(value => value == 0)))
        {
            for (int i = 0; i < parameter.Values.Length; i++)
            {
                parameter.Values[i] = (float)((random.NextDouble() - 0.5) * 0.2);
            }
        }
    }
}
