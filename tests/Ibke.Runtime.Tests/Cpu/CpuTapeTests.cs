using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Cpu;

public sealed class CpuTapeTests
{
    private static readonly TensorShape Square = new(3, 4);
    private readonly CpuEngine _engine = new(new CpuEngineOptions { Threads = 2 });

    [Fact]
    public void Embedding_RepeatedIds_GradientAddsUp() => Check([new(5, 4)], (o, x) => o.Embedding(x[0], [3, 0, 3, 3]));

    [Fact]
    public void Linear_WithBias_Gradient() => Check([new(3, 5), new(4, 5), new(4)], (o, x) => o.Linear(x[0], x[1], x[2]));

    [Fact]
    public void Linear_ThreeDimensionsWithoutBias_Gradient() => Check([new(2, 2, 5), new(4, 5)], (o, x) => o.Linear(x[0], x[1]));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RmsNorm_Gradient(bool plusOne) => Check([Square, new(4)], (o, x) => o.RmsNorm(x[0], x[1], 1e-2f, plusOne), Apart);

    [Fact]
    public void LayerNorm_Gradient() => Check([Square, new(4), new(4)], (o, x) => o.LayerNorm(x[0], x[1], x[2], 1e-1f), Apart);

    [Fact]
    public void LayerNorm_WithoutBias_Gradient() => Check([Square, new(4)], (o, x) => o.LayerNorm(x[0], x[1], null, 1e-1f), Apart);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rotary_PartOfTheHead_Gradient(bool interleaved)
    {
        RotaryFrequencies frequencies = new([1, 0.1f], 1.2f, interleaved);
        Check([new(3, 12)], (o, x) => o.Rotary(x[0], 6, frequencies, [0, 5, 2]));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(2, null)]
    [InlineData(null, 1.5f)]
    public void Attention_TwoSequencesGroupedHeads_Gradient(int? window, float? cap)
    {
        AttentionShape shape = new(4, 2, 3, 0.7f, window, cap);
        Check([new(5, 12), new(5, 6), new(5, 6)], (o, x) => o.Attention(x[0], x[1], x[2], shape, [new(3), new(2)], 0));
    }

    [Theory]
    [InlineData(Activation.Silu)]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.GeluTanh)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Sigmoid)]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.QuickGelu)]
    public void Activate_AndGate_Gradient(Activation activation)
    {
        Check([Square], (o, x) => o.Activate(x[0], activation), Apart);
        Check([Square, Square], (o, x) => o.Gate(x[0], x[1], activation), Apart);
        Check([Square], (o, x) => o.Gate(x[0], x[0], activation), Apart);
    }

    [Fact]
    public void Add_SameShapeOrRow_Gradient()
    {
        Check([Square, Square], (o, x) => o.Add(x[0], x[1]));
        Check([Square, new(4)], (o, x) => o.Add(x[0], x[1]));
        Check([Square, new(1, 4)], (o, x) => o.Add(x[0], x[1]));
        Check([Square], (o, x) => o.Add(x[0], x[0]));
    }

    [Fact]
    public void Add_ResidualStream_GradientsAreSharedUntilOneChanges()
    {
        Check([Square, Square], (o, x) =>
        {
            Tensor sum = o.Add(x[0], x[1]);
            return o.Add(sum, o.Multiply(sum, o.Add(x[0], sum)));
        });
        Check([Square, Square], (o, x) => o.Add(o.Add(x[0], o.Scale(x[0], 3)), o.Add(x[1], x[1])));
    }

    [Fact]
    public void Multiply_SameShapeRowOrColumn_Gradient()
    {
        Check([Square, Square], (o, x) => o.Multiply(x[0], x[1]));
        Check([Square, new(4)], (o, x) => o.Multiply(x[0], x[1]));
        Check([Square, new(3, 1)], (o, x) => o.Multiply(x[0], x[1]));
        Check([Square], (o, x) => o.Multiply(x[0], x[0]));
    }

    [Fact]
    public void ScatterRows_TwoPartsThatShareRows_Gradient() => Check(
        [new(3, 4), new(2, 4), new(3, 1), new(2, 1)], (o, x) => o.ScatterRows([x[0], x[1]], [x[2], x[3]], [[4, 0, 4], [1, 0]], 5));

    [Fact]
    public void Transpose_Gradient() => Check([new(3, 5)], (o, x) => o.Transpose(x[0]));

    [Fact]
    public void ScaleSoftCapClampNormalizeRows_Gradient()
    {
        Check([Square], (o, x) => o.Scale(x[0], -1.5f, 2));
        Check([Square], (o, x) => o.SoftCap(x[0], 0.8f));
        Check([Square], (o, x) => o.Exp(x[0]));
        Check([Square], (o, x) => o.Clamp(x[0], -0.4f, 0.4f), (_, value) => Math.Abs(Math.Abs(value) - 0.4f) < 0.05f ? 0 : value);
        Check([Square], (o, x) => o.NormalizeRows(x[0]), Apart);
    }

    [Fact]
    public void RowsColumnsConcatenate_Gradient()
    {
        Check([Square], (o, x) => o.Rows(x[0], [2, 0, 2]));
        Check([Square], (o, x) => o.Columns(x[0], 1, 2));
        Check([Square, new(3, 2)], (o, x) => o.Concatenate(x[0], x[1]));
        Check([Square], (o, x) => o.Concatenate(o.Columns(x[0], 2, 2), x[0]));
    }

    [Fact]
    public void SoftmaxAndLosses_Gradient()
    {
        Check([Square], (o, x) => o.Softmax(x[0]));
        Check([Square], (o, x) => o.CrossEntropy(x[0], [1, -100, 3]));
        Check([Square], (o, x) => o.CrossEntropy(x[0], [1, -100, 3], [0.5f, 2, 3]));
        Check([Square, Square], (o, x) => o.KlDivergence(x[0], x[1]));
        Check([Square, Square], (o, x) => o.KlDivergence(x[0], x[1], [0.5f, 2, 0]));
        Check([Square], (o, x) => o.KlDivergence(x[0], o.Scale(x[0], 0.5f)));
    }

    [Fact]
    public void Neurons_SparseAndLinear_Gradient()
    {
        // The cosines stay away from the thresholds, where the gradient jumps.
        TensorShape keys = new(2, 4);
        Check(
            [Square, new(4), new(4), keys, new(2), keys, keys, keys],
            (o, x) => o.Neurons(x[0], x[1], x[2], [new(NeuronForm.Sparse, o.NormalizeRows(x[3]), x[4], x[5]), new(NeuronForm.Linear, x[6], null, x[7])]),
            (input, value) => input switch { 0 or 3 => 1 + 0.3f * value, 2 => 1.5f + 0.2f * value, 4 => 0.3f + 0.1f * value, _ => value });
    }

    [Fact]
    public void Recall_TwoBlocks_Gradient()
    {
        TensorShape keys = new(2, 4), values = new(2, 3);
        Check(
            [Square, new(1), keys, new(2), values, keys, new(2), values, new(4, Square.Columns), new(4), new(Square.Rows, 3)],
            (o, x) => o.Recall(x[10], x[0], x[8], x[9], x[1], [
                new(NeuronForm.Recall, o.NormalizeRows(x[2]), x[3], x[4]), new(NeuronForm.Recall, o.NormalizeRows(x[5]), x[6], x[7])]),
            (input, value) => input switch { 0 or 2 or 5 or 8 => 1 + 0.3f * value, 1 => 2 + value, 3 or 6 => 0.3f + 0.1f * value, _ => value });
    }

    [Fact]
    public void Gradients_TensorUsedTwice_AddsBothUses()
    {
        // y = (x Wᵀ) W, as in a model with tied embeddings.
        Check([new(2, 3), new(3, 3)], (o, x) => o.Linear(o.Linear(x[0], x[1]), x[1]));
    }

    [Fact]
    public void Gradients_ResultOfAnOperation_IsASource()
    {
        using GradientTape tape = _engine.Record();
        using Tensor x = Row(1, 2, 3);
        Tensor y = tape.Scale(x, 2);
        tape.Watch(y);
        using Tensor z = tape.Multiply(y, y);
        using Tensor loss = GradientCheck.WeightedSum(_engine, tape, z, [1, 1, 1]);
        y.Dispose();

        Assert.Equal([4, 8, 12], tape.Gradients(loss, [y])[0].ToArray());
    }

    [Fact]
    public void Gradients_RecordedSourceAndItsInput_GivesBoth()
    {
        using GradientTape tape = _engine.Record();
        using Tensor x = Row(1, 2, 3);
        tape.Watch(x);
        using Tensor y = tape.Scale(x, 2);
        tape.Watch(y);
        using Tensor loss = GradientCheck.WeightedSum(_engine, tape, y, [1, 10, 100]);
        IReadOnlyList<Tensor> gradients = tape.Gradients(loss, [y, x, y], seed: 0.5f);

        Assert.Equal([0.5f, 5, 50], gradients[0].ToArray());
        Assert.Equal([1, 10, 100], gradients[1].ToArray());
        Assert.Equal([0.5f, 5, 50], gradients[2].ToArray());
        Assert.Equal([1, 10, 100], tape.Gradients(loss, [x], seed: 0.5f)[0].ToArray());
    }

    [Fact]
    public void Gradients_SumOfSources_GivesEachItsOwn()
    {
        using GradientTape tape = _engine.Record();
        using Tensor x = Row(1, 2, 3);
        using Tensor y = Row(4, 5, 6);
        tape.Watch(x);
        tape.Watch(y);
        using Tensor sum = tape.Add(x, y);
        tape.Watch(sum);
        using Tensor loss = GradientCheck.WeightedSum(_engine, tape, tape.Add(sum, tape.Scale(x, 2)), [1, 10, 100]);
        IReadOnlyList<Tensor> gradients = tape.Gradients(loss, [x, y, sum]);

        Assert.Equal([3, 30, 300], gradients[0].ToArray());
        gradients[0].Dispose();
        Assert.Equal([1, 10, 100], gradients[1].ToArray());
        gradients[1].Dispose();
        Assert.Equal([1, 10, 100], gradients[2].ToArray());
    }

    [Fact]
    public void Gradients_IndependentSource_IsZeros()
    {
        using GradientTape tape = _engine.Record();
        using Tensor x = Row(1, 2, 3);
        using Tensor other = Row(4, 5);
        tape.Watch(x);
        tape.Watch(other);
        using Tensor loss = GradientCheck.WeightedSum(_engine, tape, x, [1, 1, 1]);

        Assert.Equal([0, 0], tape.Gradients(loss, [other])[0].ToArray());
    }

    [Fact]
    public void Gradients_NoScalarOrNotRecordedOrNotWatched_Throws()
    {
        using GradientTape tape = _engine.Record();
        using Tensor x = Row(1, 2, 3);
        using Tensor other = Row(1);
        tape.Watch(x);
        using Tensor y = tape.Scale(x, 2);
        using Tensor loss = GradientCheck.WeightedSum(_engine, tape, y, [1, 1, 1]);

        Assert.Throws<ArgumentException>(() => tape.Gradients(y, [x]));
        Assert.Throws<ArgumentException>(() => tape.Gradients(tape.Scale(other, 2), [x]));
        Assert.Throws<ArgumentException>(() => tape.Gradients(loss, [y]));
    }

    [Fact]
    public void Attention_RecordedWithCache_Throws()
    {
        using GradientTape tape = _engine.Record();
        using KeyValueCache cache = _engine.CreateCache(1, 3, 4);
        using Tensor x = Row(1, 2, 3);
        tape.Watch(x);

        Assert.Throws<ArgumentException>(() => tape.Attention(x, x, x, new AttentionShape(1, 1, 3, 1), [new(1, cache)], 0));
    }

    [Fact]
    public void Dispose_AfterGradients_ReturnsAllMemory()
    {
        using (GradientTape tape = _engine.Record())
        {
            using Tensor x = Row(1, 2, 3);
            using Tensor w = _engine.Create(new TensorShape(3, 3), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
            tape.Watch(w);
            using Tensor y = tape.Linear(x, w);
            using Tensor z = tape.Gate(y, y, Activation.Silu);
            using Tensor loss = GradientCheck.WeightedSum(_engine, tape, z, [1, 1, 1]);
            tape.Gradients(loss, [w])[0].Dispose();
        }

        Assert.Equal(0, _engine.Memory.UsedBytes);
    }

    [Fact]
    public void Record_NothingWatched_KeepsNothing()
    {
        using GradientTape tape = _engine.Record();
        using Tensor x = Row(1, 2, 3);
        tape.Gate(x, x, Activation.Silu).Dispose();
        x.Dispose();

        Assert.Equal(0, _engine.Memory.UsedBytes);
    }

    // Values at a distance from 0, where norms and kinks have steep gradients.
    private static float Apart(int input, float value) => value + Math.Sign(value) * 0.3f;

    private void Check(TensorShape[] shapes, Func<Operations, Tensor[], Tensor> operation, Func<int, float, float>? map = null) =>
        GradientCheck.Run(_engine, shapes, operation, map);

    private Tensor Row(params float[] values) => _engine.Create(new TensorShape(1, values.Length), values);
}
