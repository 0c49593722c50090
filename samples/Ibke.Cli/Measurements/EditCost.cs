using System.Diagnostics;
using System.Text.Json.Nodes;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Cli.Measurements;

/// <summary>What an edit costs.</summary>
/// <param name="Edits">Edits measured.</param>
/// <param name="Rounds">Rounds of gradients an edit took, mean.</param>
/// <param name="ForwardBackwardSeconds">One forward and backward pass over an edit's tokens with the gradients of all weights, median.</param>
/// <param name="ActivationPassSeconds">The same with the gradients of the MLP outputs alone, which are all that an edit needs, median.</param>
/// <param name="ComputeSeconds">Computing an edit, median.</param>
/// <param name="RoundsRatio">Computing an edit ÷ its rounds ÷ forward and backward of the same tokens, median.</param>
/// <param name="JudgeSeconds">Judging an edit, median.</param>
/// <param name="PublishSeconds">Publishing a version, median.</param>
/// <param name="Bytes">Memory of an edit, median.</param>
internal sealed record EditCost(
    int Edits, double Rounds, double ForwardBackwardSeconds, double ActivationPassSeconds, double ComputeSeconds, double RoundsRatio,
    double JudgeSeconds, double PublishSeconds, double Bytes)
{
    /// <summary>Edits some facts one after another, each reverted before the next.</summary>
    public static async Task<EditCost> MeasureAsync(
        LanguageModel model, KnowledgeEditor editor, int repeats, CancellationToken cancellation)
    {
        List<EditResult> results = [];
        List<double> passes = [];
        List<double> activationPasses = [];
        List<double> ratios = [];
        List<double> publishes = [];
        foreach ((EditRequest request, int index) in SampleFacts.Repeated(repeats).Select((request, index) => (request, index)))
        {
            EditResult result = await editor.EditAsync(request, cancellation);
            if (result.Rounds > 0)
            {
                double pass = ForwardBackward(model, request, ofWeights: true, cancellation);
                double activationPass = ForwardBackward(model, request, ofWeights: false, cancellation);
                if (index >= SampleFacts.All.Count)
                {
                    results.Add(result);
                    passes.Add(pass);
                    activationPasses.Add(activationPass);
                    ratios.Add(result.ComputeTime.TotalSeconds / result.Rounds / pass);
                    publishes.Add(Publish(model));
                }
            }

            if (result.Id is not null)
            {
                await editor.RevertAsync(result.Id, cancellation);
            }
        }

        return results.Count == 0
            ? throw new CommandException("No edit could be measured: the model already gives the answers that the benchmark edits in.")
            : new EditCost(
                results.Count,
                results.Average(result => result.Rounds),
                Repeats.Median(passes),
                Repeats.Median(activationPasses),
                Repeats.Median(results.Select(result => result.ComputeTime.TotalSeconds)),
                Repeats.Median(ratios),
                Repeats.Median(results.Select(result => result.JudgeTime.TotalSeconds)),
                Repeats.Median(publishes),
                Repeats.Median(results.Select(result => (double)result.Bytes)));
    }

    /// <summary>Republishes what is in force: the work of a publication without a change of answers.</summary>
    private static double Publish(LanguageModel model)
    {
        IReadOnlyList<WeightEdit> edits = model.Versions.Current.Edits;
        long start = Stopwatch.GetTimestamp();
        model.Versions.Publish(edits);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double ForwardBackward(LanguageModel model, EditRequest request, bool ofWeights, CancellationToken cancellation)
    {
        int[] ids = Tokens(model, request, out int promptTokens);
        int[] targets = [.. ids.Skip(1).Select((id, row) => row + 1 >= promptTokens ? id : -1), -1];
        return Repeats.MedianSeconds(3, () => Pass(model, ids, targets, ofWeights), cancellation);
    }

    private static void Pass(LanguageModel model, int[] ids, int[] targets, bool ofWeights)
    {
        using GradientTape tape = model.Engine.Record();
        List<Tensor> sources = ofWeights ? [.. model.Transformer.Parameters.Values] : [];
        sources.ForEach(tape.Watch);
        MlpObserver? observer = ofWeights ? null : (_, _, output) =>
        {
            tape.Watch(output);
            sources.Add(output);
        };
        using Tensor hidden = model.Transformer.Forward(tape, WeightVersion.Base, ids, [new SequenceRows(ids.Length)], observer);
        using Tensor logits = model.Transformer.Logits(tape, hidden); // [rows, vocabulary]
        using Tensor loss = tape.CrossEntropy(logits, targets);
        foreach (Tensor gradient in tape.Gradients(loss, sources))
        {
            gradient.Dispose();
        }
    }

    /// <summary>The edit's text as the editor reads it: the user's turn, the answer, the end of the turn.</summary>
    private static int[] Tokens(LanguageModel model, EditRequest request, out int promptTokens)
    {
        JsonArray messages = [new JsonObject { ["role"] = "user", ["content"] = request.Prompt }];
        string prompt = model.Template is { } template ? template.Render(messages) : request.Prompt;
        IReadOnlyList<int> before = model.Tokenizer.Encode(prompt);
        promptTokens = before.Count;
        return [.. before, .. model.Tokenizer.Encode(request.Answer), model.EndOfSequenceIds.First()];
    }
}
