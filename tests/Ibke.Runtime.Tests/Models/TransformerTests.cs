using Ibke.Runtime.Cpu;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Models;

public sealed class TransformerTests
{
    private const string Case = "llama-gqa-tied-bf16";

    [Fact]
    public void Forward_InPiecesWithCache_GivesTheSameAsAtOnce()
    {
        using GoldenModel golden = new(Case);
        int[] ids = golden.Ids("input_ids")[..24];
        float[] atOnce = Logits(golden, ids, new SequenceRows(24));

        using KeyValueCache cache = golden.Transformer.CreateCache();
        List<float> pieces = [];
        for (int start = 0, count = 1; start < ids.Length; start += count, count = Math.Min(count * 2, ids.Length - start))
        {
            pieces.AddRange(Logits(golden, ids[start..(start + count)], new SequenceRows(count, cache)));
        }

        Assert.Equal(ids.Length, cache.Length);
        AssertClose(atOnce, [.. pieces], 1e-4);
    }

    [Theory]
    [InlineData(Case)]
    [InlineData("llama-yarn-new-form")]
    public void Forward_BatchOfDifferentLengths_GivesTheSameAsEachAlone(string name)
    {
        using GoldenModel golden = new(name);
        int[] ids = golden.Ids("input_ids");
        using KeyValueCache cache = golden.Transformer.CreateCache();
        Logits(golden, ids[24..30], new SequenceRows(6, cache)).ToString();
        using KeyValueCache copy = cache.Fork(6);

        float[] together = Logits(golden, [.. ids[..5], .. ids[30..32], .. ids[10..24]], new(5), new(2, cache), new(14));

        float[] alone =
        [
            .. Logits(golden, ids[..5], new SequenceRows(5)),
            .. Logits(golden, ids[30..32], new SequenceRows(2, copy)),
            .. Logits(golden, ids[10..24], new SequenceRows(14)),
        ];
        AssertClose(alone, together, 1e-4);
        Assert.Equal(8, cache.Length);
    }

    [Fact]
    public void Forward_LengthDependentAnglesInOneBatch_GivesTheSameAsEachAlone()
    {
        using GoldenModel golden = new(Case);
        TransformerConfig config = golden.Transformer.Config;
        RopeSettings dynamic = config.Rope! with { Kind = RopeKind.Dynamic, Factor = 4, OriginalContextLength = 8 };
        using RandomModel model = new(config with { Rope = dynamic });
        int[] ids = golden.Ids("input_ids");

        float[] together = model.Logits(WeightVersion.Base, [.. ids[..5], .. ids[..24], .. ids[3..20]], new(5), new(24), new(17));

        float[] alone =
        [
            .. model.Logits(WeightVersion.Base, ids[..5], new SequenceRows(5)),
            .. model.Logits(WeightVersion.Base, ids[..24], new SequenceRows(24)),
            .. model.Logits(WeightVersion.Base, ids[3..20], new SequenceRows(17)),
        ];
        AssertClose(alone, together, 1e-4);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Forward_AnyNumberOfThreads_GivesTheSameBits(int threads)
    {
        using CpuEngine one = new(new CpuEngineOptions { Threads = 1 });
        using CpuEngine many = new(new CpuEngineOptions { Threads = threads });
        using GoldenModel alone = new(Case, one);
        using GoldenModel shared = new(Case, many);
        int[] ids = alone.Ids("input_ids");

        Assert.Equal(Logits(alone, ids, alone.Sequences("input_ids")), Logits(shared, ids, shared.Sequences("input_ids")));
        Assert.Equal(Logits(alone, [ids[0]], new SequenceRows(1)), Logits(shared, [ids[0]], new SequenceRows(1)));
    }

    [Fact]
    public void Forward_RowsThatDoNotAddUp_IsRefused()
    {
        using GoldenModel golden = new(Case);

        Assert.Throws<ArgumentException>(() => Logits(golden, [1, 2, 3], new SequenceRows(2)));
        Assert.Throws<ArgumentException>(() => Logits(golden, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Logits(golden, [1], new SequenceRows(0)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(160)]
    public void Forward_TokenOutsideTheVocabulary_IsRefusedAndLeavesTheCache(int id)
    {
        using GoldenModel golden = new(Case);
        using KeyValueCache cache = golden.Transformer.CreateCache();

        ArgumentException error = Assert.Throws<ArgumentException>(() => Logits(golden, [3, id], new SequenceRows(2, cache)));

        Assert.Contains($"Token {id}", error.Message);
        Assert.Equal(0, cache.Length);
    }

    [Fact]
    public void Forward_ObserverThatFails_LeavesTheCache()
    {
        using GoldenModel golden = new(Case);
        using KeyValueCache cache = golden.Transformer.CreateCache();
        MlpObserver failing = (layer, _, _) => throw new OperationCanceledException($"layer {layer}");

        Assert.Throws<OperationCanceledException>(() => golden.Transformer.Forward(
            golden.Operations, WeightVersion.Base, [1, 2], [new SequenceRows(2, cache)], failing));
        Assert.Equal(0, cache.Length);
    }

    private static float[] Logits(GoldenModel golden, int[] ids, params SequenceRows[] sequences)
    {
        using Tensor hidden = golden.Transformer.Forward(golden.Operations, WeightVersion.Base, ids, sequences);
        using Tensor logits = golden.Transformer.Logits(golden.Operations, hidden);
        return logits.ToArray();
    }

    private static void AssertClose(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.InRange(actual[i] - expected[i], -tolerance, tolerance);
        }
    }
}
