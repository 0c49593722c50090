using System.Text.Json;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Editing;

/// <summary>Single edits of the embedded model, compared with an independent implementation.</summary>
[Trait("Category", "Golden")]
public sealed class SingleEditGoldenTests
{
    private const double Tolerance = 2e-3;

    private static readonly JsonElement[] Cases = Read();

    private static readonly Lazy<KnowledgeEditor> _editor = new(() => KnowledgeEditor.Load(Atlas.Shared));

    public static TheoryData<int, string> Questions
    {
        get
        {
            TheoryData<int, string> data = [];
            for (int i = 0; i < Cases.Length; i++)
            {
                data.Add(i, Cases[i].GetProperty("question").GetString()!);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public void Compute_ReferenceCase_AgreesInNeuronsAndAnswers(int index, string question)
    {
        JsonElement expected = Cases[index];

        ComputedEdit edit = _editor.Value.Compute(new EditRequest
        {
            Prompt = question,
            Answer = expected.GetProperty("answer").GetString()!,
            Subject = expected.GetProperty("subject").GetString(),
        });

        Near(expected.GetProperty("loss_before").GetDouble(), edit.LossBefore);
        Assert.Equal(expected.GetProperty("rounds").GetInt32(), edit.Rounds);
        CheckNeurons(expected, edit.Alone);
        CheckAnswers(expected, new WeightVersion(1, [edit.Alone]));
    }

    private static void CheckNeurons(JsonElement expected, WeightEdit edit)
    {
        int firstLayer = expected.GetProperty("first_layer").GetInt32();
        NeuronBlock[] blocks = [.. edit.Layers.Skip(firstLayer).OfType<NeuronBlock>()];
        Assert.All(edit.Layers.Take(firstLayer), Assert.Null);
        Assert.All(blocks, block => Assert.Equal(expected.GetProperty("neurons_per_layer").GetInt32(), block.Keys.Shape.Rows));
        double[] norms = [.. blocks.Select(block => Math.Sqrt(block.Values.ToArray().Sum(value => (double)value * value)))];
        double[] expectedNorms = [.. Numbers(expected.GetProperty("value_norm_per_layer"))];
        Assert.Equal(expectedNorms.Length, norms.Length);
        foreach ((double wanted, double actual) in expectedNorms.Zip(norms))
        {
            Near(wanted, actual);
        }

        JsonElement neuron = expected.GetProperty("first_neuron");
        NeuronBlock first = blocks[0];
        double scale = norms[0] / Math.Sqrt(first.Values.Shape.Count);
        foreach ((double wanted, float actual) in Numbers(neuron.GetProperty("key")).Zip(first.Keys.ToArray()))
        {
            Assert.Equal(wanted, actual, Tolerance / 10);
        }

        foreach ((double wanted, float actual) in Numbers(neuron.GetProperty("value")).Zip(first.Values.ToArray()))
        {
            Assert.Equal(wanted, actual, Tolerance * scale);
        }

        Near(neuron.GetProperty("threshold").GetDouble(), first.Thresholds!.ToArray()[0]);
    }

    private static void CheckAnswers(JsonElement expected, WeightVersion version)
    {
        using TextGenerator generator = new(Atlas.Shared);
        foreach (JsonElement output in expected.GetProperty("outputs").EnumerateArray())
        {
            string prompt = output.GetProperty("prompt").GetString()!;
            GeneratedText text = generator.Complete(Atlas.Shared.Tokenizer.Encode(prompt), new GenerationOptions { MaxNewTokens = 24 }, version);
            Assert.Equal((prompt, output.GetProperty("output").GetString()!), (prompt, text.Text));
        }
    }

    private static IEnumerable<double> Numbers(JsonElement list) => list.EnumerateArray().Select(item => item.GetDouble());

    private static void Near(double expected, double actual) => Assert.Equal(expected, actual, Tolerance * Math.Abs(expected));

    private static JsonElement[] Read()
    {
        string path = Path.Combine(GoldenFiles.Committed, "atlas", "expected.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. document.RootElement.GetProperty("single_edits").EnumerateArray().Select(item => item.Clone())];
    }
}
