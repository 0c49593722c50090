using Ibke.Runtime.Cpu;
using Ibke.Runtime.Models;
using Ibke.Runtime.Models.Network;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Models;

/// <summary>Every reference case of a known architecture, within the tolerances given there.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenModelTests
{
    public static TheoryData<string> Cases => [.. GoldenModel.Folders()];

    public static TheoryData<string> LongCases => [.. GoldenModel.Folders().Where(GoldenModel.IsLong)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_Batch_GivesEmbeddingsHiddenStatesAndLogits(string folder)
    {
        using GoldenModel golden = new(folder);
        int streams = 0;

        using Tensor hidden = golden.Transformer.Forward(
            golden.Operations, WeightVersion.Base, golden.Ids("input_ids"), golden.Sequences("input_ids"), new ForwardProbes { Mlp = Observe, Stream = ObserveStream });
        using Tensor logits = golden.Transformer.Logits(golden.Operations, hidden);

        golden.Check("logits", logits);
        Assert.Equal(golden.Layers + 1, streams);

        void Observe(int layer, Tensor input, Tensor output) => golden.Check($"mlp.{layer}.input", input);

        void ObserveStream(int layer, Tensor stream)
        {
            streams++;
            if (layer == 0)
            {
                golden.Check("embeddings", stream);
            }
            else
            {
                golden.Check("hidden", stream, layer - 1);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_CrossEntropy_GivesLossFactorsAndGradientsOfAllWeights(string folder)
    {
        using GoldenModel golden = new(folder);
        using GradientTape tape = golden.Transformer.Engine.Record();
        string[] parameters = [.. golden.Transformer.Parameters.Keys];
        List<Tensor> sources = [.. golden.Transformer.Parameters.Values];
        sources.ForEach(tape.Watch);

        using Tensor hidden = golden.Transformer.Forward(
            tape, WeightVersion.Base, golden.Ids("input_ids"), golden.Sequences("input_ids"), Observe);
        using Tensor logits = golden.Transformer.Logits(tape, hidden);
        using Tensor loss = tape.CrossEntropy(logits, golden.Ids("targets"));
        IReadOnlyList<Tensor> gradients = tape.Gradients(loss, sources);

        golden.Check("loss", loss);
        Assert.Equal(golden.GradientNames, parameters.Order(StringComparer.Ordinal));
        for (int i = 0; i < parameters.Length; i++)
        {
            golden.Check($"grad.{parameters[i]}", gradients[i]);
        }

        for (int layer = 0; layer < golden.Layers; layer++)
        {
            golden.Check($"mlp.{layer}.delta", gradients[parameters.Length + layer]);
        }

        void Observe(int layer, Tensor input, Tensor output)
        {
            tape.Watch(output);
            sources.Add(output);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_GreedyDecodingWithCache_GivesTokensAndLogits(string folder)
    {
        using GoldenModel golden = new(folder);
        int[] tokens = golden.Ids("generation.tokens");
        using KeyValueCache cache = golden.Transformer.CreateCache();
        int[] next = golden.Ids("generation.prompt");
        List<float> all = [];

        for (int i = 0; i < tokens.Length; i++)
        {
            using Tensor hidden = golden.Transformer.Forward(
                golden.Operations, WeightVersion.Base, next, [new SequenceRows(next.Length, cache)]);
            using Tensor last = golden.Operations.Rows(hidden, [next.Length - 1]);
            using Tensor logits = golden.Transformer.Logits(golden.Operations, last);
            all.AddRange(logits.ToArray());
            next = golden.Operations.ArgMax(logits);
            Assert.Equal(tokens[i], next[0]);
        }

        golden.Check("generation.logits", [.. all]);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_Edits_ChangeLogitsInAnyOrderAndRevertExactly(string folder)
    {
        using GoldenModel golden = new(folder);
        RandomNeurons neurons = new(golden.Transformer.Config, golden.Transformer.Engine, seed: 1);
        WeightEdit first = neurons.Edit(NeuronForm.Sparse);
        WeightEdit second = neurons.Edit(NeuronForm.Linear);
        float[] before = Logits(WeightVersion.Base);

        float[] edited = Logits(new WeightVersion(1, [first, second]));
        float[] otherOrder = Logits(new WeightVersion(2, [second, first]));
        float[] reverted = Logits(new WeightVersion(3, []));

        Assert.NotEqual(before, edited);
        Assert.Equal(edited, otherOrder);
        Assert.Equal(before, reverted);

        float[] Logits(WeightVersion version)
        {
            using Tensor hidden = golden.Transformer.Forward(golden.Operations, version, golden.Ids("input_ids"), golden.Sequences("input_ids"));
            using Tensor logits = golden.Transformer.Logits(golden.Operations, hidden);
            return logits.ToArray();
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_AnyNumberOfThreads_GivesTheSameBits(string folder)
    {
        using CpuEngine one = new(new CpuEngineOptions { Threads = 1 });
        using CpuEngine many = new(new CpuEngineOptions { Threads = 3 });

        Assert.Equal(Logits(one), Logits(many));

        float[] Logits(CpuEngine engine)
        {
            using GoldenModel golden = new(folder, engine);
            using Tensor hidden = golden.Transformer.Forward(
                golden.Operations, WeightVersion.Base, golden.Ids("input_ids"), golden.Sequences("input_ids"));
            using Tensor logits = golden.Transformer.Logits(golden.Operations, hidden);
            return logits.ToArray();
        }
    }

    [Theory]
    [MemberData(nameof(LongCases))]
    public void Forward_BeyondTheOriginalContext_GivesLogits(string folder)
    {
        using GoldenModel golden = new(folder);

        using Tensor hidden = golden.Transformer.Forward(
            golden.Operations, WeightVersion.Base, golden.Ids("long.input_ids"), golden.Sequences("long.input_ids"));
        using Tensor logits = golden.Transformer.Logits(golden.Operations, hidden);

        golden.Check("long.logits", logits);
    }
}
