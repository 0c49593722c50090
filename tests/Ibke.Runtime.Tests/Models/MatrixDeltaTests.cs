using Ibke.Runtime.Models;
using Ibke.Runtime.Models.Families;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tests.Models.Families;

namespace Ibke.Runtime.Tests.Models;

/// <summary>Changes of matrices that lie over the weights.</summary>
public sealed class MatrixDeltaTests : IDisposable
{
    private static readonly int[] _ids = [5, 17, 90, 3, 3, 41, 8];

    private readonly RandomModel _model = new(RandomModel.TinyConfig);
    private readonly Random _random = new(5);

    public static TheoryData<string> Cases => [.. FamilyCases.Names];

    private string Matrix => _model.Transformer.MlpOutputs[1]!;

    private Engine Engine => _model.Transformer.Engine;

    public void Dispose() => _model.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_DeltaOfEveryMatrix_IsAModelWithTheseWeights(string name)
    {
        TransformerConfig config = FamilyCases.Read(name);
        using RandomModel model = new(config);
        MatrixDelta[] deltas = [.. model.Transformer.Matrices.Select(matrix => MatrixDelta.Dense(matrix.Key, Random(matrix.Value)))];
        using RandomModel written = new(config, added: deltas.ToDictionary(delta => delta.Matrix, delta => Stored(model.Transformer, delta)));

        float[] actual = model.Logits(new WeightVersion(1, [new WeightEdit(deltas)]), _ids);

        Assert.True(Distance(model.Logits(WeightVersion.Base, _ids), actual) > 1e-2, "the changes have no effect");
        Assert.True(Distance(written.Logits(WeightVersion.Base, _ids), actual) < 2e-4, "another result than that of the changed weights");
    }

    [Fact]
    public void Forward_QuantizedWeights_AddsTheDeltaInFull()
    {
        using RandomModel quantized = new(RandomModel.TinyConfig, weights: WeightStorage.Blocks8);
        MatrixDelta delta = MatrixDelta.Dense(Matrix, Random(_model.Transformer.Matrices[Matrix]));
        WeightVersion version = new(1, [new WeightEdit([delta])]);

        Assert.True(Distance(_model.Logits(version, _ids), quantized.Logits(version, _ids)) < 0.1);
        Assert.True(Distance(quantized.Logits(WeightVersion.Base, _ids), quantized.Logits(version, _ids)) > 0.1);
    }

    [Theory]
    [InlineData(2, 3)] // thin changes stay thin
    [InlineData(9, 5)] // more values than the matrix has
    public void Forward_ManyLowRankDeltas_AreTheirSum(int edits, int rank)
    {
        TensorShape shape = _model.Transformer.Matrices[Matrix];
        MatrixDelta[] deltas = [.. Enumerable.Range(0, edits).Select(_ =>
            MatrixDelta.LowRank(Matrix, Random(new TensorShape(shape[0], rank)), Random(new TensorShape(rank, shape[1]))))];
        float[] sum = new float[shape.Count];
        foreach (MatrixDelta delta in deltas)
        {
            (float[] left, float[] right) = (delta.Left.ToArray(), delta.Right!.ToArray());
            for (int i = 0; i < sum.Length; i++)
            {
                (int row, int column) = (i / shape[1], i % shape[1]);
                sum[i] += Enumerable.Range(0, rank).Sum(k => left[(row * rank) + k] * right[(k * shape[1]) + column]);
            }
        }

        float[] expected = _model.Logits(new WeightVersion(1, [new WeightEdit([MatrixDelta.Dense(Matrix, Engine.Create(shape, sum))])]), _ids);
        float[] actual = _model.Logits(new WeightVersion(1, deltas.Select(delta => new WeightEdit([delta]))), _ids);
        float[] reversed = _model.Logits(new WeightVersion(1, deltas.Reverse().Select(delta => new WeightEdit([delta]))), _ids);

        Assert.True(Distance(expected, actual) < 1e-4);
        Assert.Equal(actual, reversed);
    }

    [Fact]
    public void Forward_NeuronsAndDeltas_ActTogetherAndLeaveNothingBehind()
    {
        WeightEdit neurons = _model.Edit(), delta = new([MatrixDelta.Dense(Matrix, Random(_model.Transformer.Matrices[Matrix]))]);
        float[] before = _model.Logits(WeightVersion.Base, _ids);

        float[] both = _model.Logits(new WeightVersion(1, [neurons, delta]), _ids);

        Assert.NotEqual(both, _model.Logits(new WeightVersion(1, [neurons]), _ids));
        Assert.NotEqual(both, _model.Logits(new WeightVersion(1, [delta]), _ids));
        Assert.Equal(before, _model.Logits(WeightVersion.Base, _ids));
    }

    [Fact]
    public void Gradients_OfADelta_AreThoseOfTheMatrix()
    {
        Tensor zeros = Engine.Create(_model.Transformer.Matrices[Matrix], new float[_model.Transformer.Matrices[Matrix].Count]);
        Tensor weight = _model.Transformer.Parameters[Matrix];
        using GradientTape tape = Engine.Record();
        tape.Watch(zeros);
        tape.Watch(weight);
        WeightVersion version = new(1, [new WeightEdit([MatrixDelta.Dense(Matrix, zeros)])]);
        using Tensor hidden = _model.Transformer.Forward(tape, version, _ids, [new SequenceRows(_ids.Length)]);
        using Tensor logits = _model.Transformer.Logits(tape, hidden);
        using Tensor loss = tape.CrossEntropy(logits, [.. _ids[1..], 1]);

        IReadOnlyList<Tensor> gradients = tape.Gradients(loss, [zeros, weight]);

        Assert.Equal(gradients[1].ToArray(), gradients[0].ToArray());
        Assert.Contains(gradients[0].ToArray(), value => value != 0);
    }

    [Fact]
    public void Id_Content_DecidesIt()
    {
        TensorShape shape = _model.Transformer.Matrices[Matrix];
        float[] values = new float[shape.Count];
        WeightEdit Edit(string matrix) => new([MatrixDelta.Dense(matrix, Engine.Create(shape, values))]);
        string id = Edit(Matrix).Id;

        Assert.Equal(id, Edit(Matrix).Id);
        Assert.NotEqual(id, Edit(_model.Transformer.MlpOutputs[0]!).Id);
        values[^1] = 1;
        Assert.NotEqual(id, Edit(Matrix).Id);
        Assert.Equal(shape.Count * sizeof(float), Edit(Matrix).Bytes);
    }

    [Fact]
    public void Forward_DeltaThatFitsNoMatrix_IsRefused()
    {
        WeightVersion Version(string matrix, params int[] shape) =>
            new(1, [new WeightEdit([MatrixDelta.Dense(matrix, Random(new TensorShape(shape)))])]);

        ArgumentException error = Assert.Throws<ArgumentException>(() => _model.Logits(Version("model.embed_tokens.weight", 96, 32), _ids));
        Assert.Contains("model.embed_tokens.weight", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _model.Logits(Version(Matrix, 48, 32), _ids));
        Assert.Throws<ArgumentException>(() => MatrixDelta.LowRank(Matrix, Random(new TensorShape(32, 2)), Random(new TensorShape(3, 48))));
        Assert.Throws<ArgumentException>(() => new WeightEdit([]));
        Assert.Throws<ArgumentException>(() => new WeightVersion(
            1, [.. Version(Matrix, 48, 32).Edits, .. Version(Matrix, 32, 48).Edits]));
    }

    // The values in the layout of the checkpoint.
    private static float[] Stored(Transformer transformer, MatrixDelta delta)
    {
        if (!ModelFamilies.Find(transformer.Config.Architecture).Names.TransposedMatrices)
        {
            return delta.Left.ToArray();
        }

        using Tensor turned = transformer.Engine.Operations.Transpose(delta.Left);
        return turned.ToArray();
    }

    private Tensor Random(TensorShape shape) => Engine.Create(
        shape, [.. Enumerable.Range(0, (int)shape.Count).Select(_ => 0.2f * (float)(_random.NextDouble() - 0.5))]);

    private static float Distance(float[] one, float[] other) => one.Zip(other, (a, b) => MathF.Abs(a - b)).Max();
}
