using System.Collections.Immutable;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Cpu;

public sealed class ArrangedNeuronsTests
{
    private const int Hidden = 37;

    private readonly CpuEngine _engine = new(new CpuEngineOptions { Threads = 2 });
    private int _seed;

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Neurons_SameListAgainAndAgain_GivesTheSameBits(int rows)
    {
        using Tensor x = Random(rows, Hidden);
        NeuronBlock[] blocks = [Block(NeuronForm.Sparse, 3), Block(NeuronForm.Sparse, 70), Block(NeuronForm.Linear, 2), Block(NeuronForm.Sparse, 1)];
        float[] first = Apply(x, blocks);

        for (int call = 0; call < 40; call++)
        {
            Assert.Equal(first, Apply(x, blocks));
        }
    }

    [Fact]
    public void Neurons_ListThatChanges_UsesWhatItHolds()
    {
        using Tensor x = Random(1, Hidden);
        List<NeuronBlock> blocks = [Block(NeuronForm.Sparse, 3), Block(NeuronForm.Sparse, 2)];
        for (int call = 0; call < 40; call++)
        {
            Apply(x, blocks);
        }

        blocks[1] = Block(NeuronForm.Linear, 2);

        Assert.Equal(Apply(x, [.. blocks]), Apply(x, blocks));
    }

    [Fact]
    public void Neurons_CopiedThenOtherWidth_IsRefused()
    {
        using Tensor x = Random(1, Hidden), wide = Random(1, Hidden + 1);
        NeuronBlock[] blocks = [Block(NeuronForm.Linear, 3), Block(NeuronForm.Linear, 2)];
        for (int call = 0; call < 40; call++)
        {
            Apply(x, blocks);
        }

        Assert.Contains("keys", Assert.Throws<ArgumentException>(() => Apply(wide, blocks)).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void Recall_AgainAndInAnotherList_GivesTheSameBitsAndWhatEachRowGivesAlone(int rows)
    {
        using Tensor x = _engine.Operations.NormalizeRows(Random(rows, Hidden)), sharpness = _engine.Create(new TensorShape(1), [8f]);
        NeuronBlock[] blocks = [Block(NeuronForm.Recall, 3), Block(NeuronForm.Recall, 70), Block(NeuronForm.Recall, 1)];
        NeuronBlock[] more = [.. blocks, Block(NeuronForm.Recall, 5)];
        float[] first = Recall(x, sharpness, blocks);

        Assert.Contains(first, value => value != 0);
        Assert.NotEqual(first, Recall(x, sharpness, more));
        Assert.Equal(first, Recall(x, sharpness, blocks));
        Assert.Equal(first, Recall(x, sharpness, ImmutableArray.Create(blocks)));
        // The keys of many rows are a product of matrices, whose sums may be taken in another order than those of one.
        float[] alone = [.. Enumerable.Range(0, rows).SelectMany(row =>
        {
            using Tensor one = _engine.Operations.Rows(x, [row]);
            return Recall(one, sharpness, blocks);
        })];
        Assert.All(first.Zip(alone), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Recall_KnownThenOtherWidth_IsRefused()
    {
        using Tensor x = Random(1, Hidden), wide = Random(1, Hidden + 1), sharpness = _engine.Create(new TensorShape(1), [8f]);
        NeuronBlock[] blocks = [Block(NeuronForm.Recall, 3), Block(NeuronForm.Recall, 2)];
        Recall(x, sharpness, blocks);

        Assert.Contains("keys", Assert.Throws<ArgumentException>(() => Recall(wide, sharpness, blocks)).Message);
    }

    [Fact]
    public void Recall_WithAnOutput_AddsToIt()
    {
        using Tensor x = _engine.Operations.NormalizeRows(Random(4, Hidden)), sharpness = _engine.Create(new TensorShape(1), [8f]), output = Random(4, Hidden);
        foreach (NeuronBlock[] blocks in (NeuronBlock[][])[[Block(NeuronForm.Recall, 70)], [Block(NeuronForm.Recall, 70), Block(NeuronForm.Recall, 3)]])
        {
            float[] alone = Recall(x, sharpness, blocks);

            Assert.Equal(output.ToArray().Zip(alone, (a, b) => a + b), Recall(x, sharpness, blocks, output));
        }
    }

    // Directions are x itself, which is of length one.
    private float[] Recall(Tensor x, Tensor sharpness, IReadOnlyList<NeuronBlock> blocks, Tensor? output = null)
    {
        int size = x.Shape.Columns;
        using Tensor metric = _engine.Create(new TensorShape(size, size), [.. Enumerable.Range(0, size * size).Select(i => i / size == i % size ? 1f : 0f)]);
        using Tensor offset = _engine.Create(new TensorShape(size), new float[size]);
        using Tensor y = _engine.Operations.Recall(output, x, metric, offset, sharpness, blocks);
        return y.ToArray();
    }

    private float[] Apply(Tensor x, IReadOnlyList<NeuronBlock> blocks)
    {
        using Tensor mean = _engine.Create(new TensorShape(x.Shape.Columns), KernelCheck.Values(x.Shape.Columns, 1));
        using Tensor deviation = _engine.Create(new TensorShape(x.Shape.Columns), Enumerable.Repeat(1.5f, x.Shape.Columns).ToArray());
        using Tensor y = _engine.Operations.Neurons(x, mean, deviation, blocks);
        return y.ToArray();
    }

    private NeuronBlock Block(NeuronForm form, int count)
    {
        Tensor? thresholds = form != NeuronForm.Linear ? _engine.Create(new TensorShape(count), Enumerable.Repeat(0.05f, count).ToArray()) : null;
        return new NeuronBlock(form, _engine.Operations.NormalizeRows(Random(count, Hidden)), thresholds, Random(count, Hidden));
    }

    private Tensor Random(int rows, int columns) => _engine.Create(new TensorShape(rows, columns), KernelCheck.Values(rows * columns, ++_seed));
}
