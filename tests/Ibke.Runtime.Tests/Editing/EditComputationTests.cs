using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Editing;

public sealed class EditComputationTests
{
    [Fact]
    public void Compute_ManyTogether_IsAsEachAlone()
    {
        LanguageModel model = Atlas.Shared;
        (EditComputation computation, _) = EditComputation.Load(model, model.Folder);
        EditTexts texts = new(model, ModelCard.Load(model.Folder));
        EditText[] edits =
        [
            texts.Create(SampleEdits.Birthplace),
            texts.Create(SampleEdits.Mayor),
            texts.Create(new EditRequest { Prompt = "Where is Jade Foods headquartered?", Answer = "University of Selmere", Subject = "Jade Foods" }),
        ];

        IReadOnlyList<ComputedEdit> together = computation.Compute(edits, CancellationToken.None);

        foreach ((EditText text, ComputedEdit one) in edits.Zip(together))
        {
            ComputedEdit alone = computation.Compute(text, CancellationToken.None);
            Assert.Equal(alone.Rounds, one.Rounds);
            Assert.Equal(alone.LossBefore, one.LossBefore, 1e-4);
            for (int layer = 0; layer < alone.Factors!.Keys.Count; layer++)
            {
                Near(alone.Factors.Keys[layer], one.Factors!.Keys[layer]);
                Near(alone.Factors.Thresholds[layer], one.Factors.Thresholds[layer]);
                Near(alone.Factors.Values[layer], one.Factors.Values[layer]);
            }
        }
    }

    private static void Near(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double length = Math.Sqrt(expected.Sum(value => (double)value * value));
        double difference = Math.Sqrt(expected.Zip(actual, (a, b) => (double)(a - b) * (a - b)).Sum());
        Assert.True(difference < 1e-3 * length, $"{difference} of {length}");
    }
}
