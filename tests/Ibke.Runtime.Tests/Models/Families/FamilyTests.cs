using System.Text;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Models;
using Ibke.Runtime.Models.Families;
using Ibke.Runtime.Models.Network;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Models.Families;

/// <summary>What must hold for the models of every family, with random weights.</summary>
public sealed class FamilyTests
{
    private static readonly int[] _ids = [5, 17, 90, 3, 3, 41, 8, 60, 22, 5, 71];

    public static TheoryData<string> Cases => [.. FamilyCases.Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Parameters_OfEachFamily_AreAsApproved(string name)
    {
        TransformerConfig config = FamilyCases.Read(name);
        WeightNames names = ModelFamilies.Find(config.Architecture).Names;
        StringBuilder text = new();
        foreach (Parameter parameter in NetworkBuilder.Build(config, names, names.Prefixes[0]).Parameters.All.Where(p => p.Form != ParameterForm.Ones))
        {
            text.Append(parameter.Name).Append(' ').Append(parameter.Shape).Append('\n');
        }

        string file = Path.Combine(
            GoldenFiles.RepositoryRoot, "tests", "Ibke.Runtime.Tests", "Models", "Families", "Approved", name + ".txt");
        string approved = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        Assert.True(approved == text.ToString(), $"{file} should be, if this is right:\n{text}");
    }

    [Fact]
    public void Cases_CoverEveryArchitecture() => Assert.Equal(
        ModelFamilies.All.SelectMany(family => family.Architectures).Order(),
        FamilyCases.Names.Select(name => FamilyCases.Read(name).Architecture).Distinct().Order());

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_InPiecesOrInABatch_GivesTheSameAsAtOnce(string name)
    {
        using RandomModel model = new(FamilyCases.Read(name));
        float[] atOnce = model.Logits(WeightVersion.Base, _ids);

        using KeyValueCache cache = model.Transformer.CreateCache();
        List<float> pieces = [];
        for (int start = 0, count = 1; start < _ids.Length; start += count, count = Math.Min(count + 1, _ids.Length - start))
        {
            pieces.AddRange(model.Logits(WeightVersion.Base, _ids[start..(start + count)], new SequenceRows(count, cache)));
        }

        float[] batch = model.Logits(WeightVersion.Base, [.. _ids[..4], .. _ids, .. _ids[6..]], new(4), new(_ids.Length), new(_ids.Length - 6));
        AssertClose(atOnce, [.. pieces]);
        AssertClose(atOnce, batch[(4 * 96)..((4 + _ids.Length) * 96)]);
        AssertClose(atOnce[..(4 * 96)], batch[..(4 * 96)]);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ForwardAndGradients_AnyNumberOfThreads_GiveTheSameBits(string name)
    {
        using CpuEngine one = new(new CpuEngineOptions { Threads = 1 });
        using CpuEngine many = new(new CpuEngineOptions { Threads = 3 });

        Assert.Equal(Everything(one), Everything(many));

        float[] Everything(CpuEngine engine)
        {
            using RandomModel model = new(FamilyCases.Read(name), engine: engine);
            using GradientTape tape = engine.Record();
            Tensor[] parameters = [.. model.Transformer.Parameters.Values];
            Array.ForEach(parameters, tape.Watch);
            using Tensor hidden = model.Transformer.Forward(tape, WeightVersion.Base, _ids, [new SequenceRows(_ids.Length)]);
            using Tensor logits = model.Transformer.Logits(tape, hidden);
            using Tensor loss = tape.CrossEntropy(logits, [.. _ids[1..], 1]);
            return [.. logits.ToArray(), .. tape.Gradients(loss, parameters).SelectMany(gradient => gradient.ToArray())];
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_Edits_ChangeLogitsInAnyOrderAndRevertExactly(string name)
    {
        using RandomModel model = new(FamilyCases.Read(name));
        WeightEdit sparse = model.Edit();
        WeightEdit linear = model.Edit(form: NeuronForm.Linear);
        float[] before = model.Logits(WeightVersion.Base, _ids);

        float[] edited = model.Logits(new WeightVersion(1, [sparse, linear]), _ids);
        float[] otherOrder = model.Logits(new WeightVersion(2, [linear, sparse]), _ids);
        float[] reverted = model.Logits(new WeightVersion(3, []), _ids);

        Assert.NotEqual(before, edited);
        Assert.All(edited, value => Assert.True(float.IsFinite(value)));
        Assert.Equal(edited, otherOrder);
        Assert.Equal(before, reverted);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_NeuronsAgainstTheGradient_LowerTheLossAsItPredicts(string name)
    {
        using RandomModel model = new(FamilyCases.Read(name));
        (double before, float[][] inputs, float[][] gradients) = Factors(model, WeightVersion.Base);

        // One linear neuron a layer: its key is the input of the last row, its value a small step against the gradient there.
        int size = model.Transformer.Config.HiddenSize;
        double predicted = 0;
        NeuronBlock[] blocks = new NeuronBlock[inputs.Length];
        double length = Math.Sqrt(gradients.Sum(gradient => gradient[^size..].Sum(d => d * (double)d)));
        for (int layer = 0; layer < blocks.Length; layer++)
        {
            float[] key = inputs[layer][^size..];
            float norm = key.Sum(x => x * x);
            float[] value = [.. gradients[layer][^size..].Select(d => (float)(-0.01 * d / (length * length)))];
            Engine engine = model.Transformer.Engine;
            blocks[layer] = new NeuronBlock(
                NeuronForm.Linear, engine.Create(new TensorShape(1, size), [.. key.Select(x => x / norm)]), null, engine.Create(new TensorShape(1, size), value));
            for (int at = 0; at < inputs[layer].Length; at += size)
            {
                double answer = inputs[layer][at..(at + size)].Zip(key, (x, k) => x * (double)k / norm).Sum();
                predicted += answer * gradients[layer][at..(at + size)].Zip(value, (d, v) => d * (double)v).Sum();
            }
        }

        (double after, _, _) = Factors(model, new WeightVersion(1, [new WeightEdit(model.Normalization, blocks)]));

        Assert.InRange((after - before) / predicted, 0.9, 1.1);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_EightBitBlocks_GivesNearlyTheSame(string name)
    {
        TransformerConfig config = FamilyCases.Read(name);
        using RandomModel stored = new(config);
        using RandomModel blocks = new(config, weights: WeightStorage.Blocks8);

        float[] expected = stored.Logits(WeightVersion.Base, _ids);
        float[] actual = blocks.Logits(WeightVersion.Base, _ids);

        double difference = Math.Sqrt(expected.Zip(actual, (a, b) => (a - b) * (double)(a - b)).Sum());
        Assert.InRange(difference / Math.Sqrt(expected.Sum(a => a * (double)a)), 1e-6, 0.1);
    }

    // The loss of the text, and what enters each MLP with the gradient of what leaves it.
    private static (double Loss, float[][] Inputs, float[][] Gradients) Factors(RandomModel model, WeightVersion version)
    {
        using GradientTape tape = model.Transformer.Engine.Record();
        List<float[]> inputs = [];
        List<Tensor> outputs = [];
        using Tensor hidden = model.Transformer.Forward(tape, version, _ids, [new SequenceRows(_ids.Length)], (_, input, output) =>
        {
            tape.Watch(output);
            inputs.Add(input.ToArray());
            outputs.Add(output);
        });
        using Tensor logits = model.Transformer.Logits(tape, hidden);
        using Tensor loss = tape.CrossEntropy(logits, [.. _ids[1..], 1]);
        return (loss.ToScalar(), [.. inputs], [.. tape.Gradients(loss, outputs).Select(gradient => gradient.ToArray())]);
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        float largest = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.InRange(actual[i] - expected[i], -1e-5f * largest, 1e-5f * largest);
        }
    }
}
