using System.Reflection;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Cpu;

public sealed class CpuOperationsTests : IDisposable
{
    private readonly CpuEngine _engine = new(new CpuEngineOptions { Threads = 2 });

    private Operations Operations => _engine.Operations;

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Add_SameShapeAndRow_AddsBoth()
    {
        Assert.Equal([11, 22, 33, 44], Operations.Add(Matrix(2, 1, 2, 3, 4), Matrix(2, 10, 20, 30, 40)).ToArray());
        Assert.Equal([11, 22, 13, 24], Operations.Add(Matrix(2, 1, 2, 3, 4), Row(10, 20)).ToArray());
    }

    [Fact]
    public void Multiply_SameShapeRowAndColumn_MultipliesAll()
    {
        Assert.Equal([10, 40, 90, 160], Operations.Multiply(Matrix(2, 1, 2, 3, 4), Matrix(2, 10, 20, 30, 40)).ToArray());
        Assert.Equal([10, 40, 30, 80], Operations.Multiply(Matrix(2, 1, 2, 3, 4), Row(10, 20)).ToArray());
        Assert.Equal([10, 20, 60, 80], Operations.Multiply(Matrix(2, 1, 2, 3, 4), Matrix(1, 10, 20)).ToArray());
    }

    [Fact]
    public void ScaleAndClamp_FollowTheirFormulas()
    {
        Assert.Equal([-1, 1, 3], Operations.Scale(Row(0, 1, 2), 2, -1).ToArray());
        Assert.Equal([-0.5f, 0.25f, 1], Operations.Clamp(Row(-3, 0.25f, 7), -0.5f, 1).ToArray());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Linear_NoInputs_GivesZerosOrTheBias(int rows)
    {
        using Tensor x = _engine.Create(new TensorShape(rows, 0), []);
        using Tensor weight = _engine.Create(new TensorShape(2, 0), []);

        Assert.Equal(new float[rows * 2], Operations.Linear(x, weight).ToArray());
        Assert.Equal(Enumerable.Repeat<float[]>([3, 4], rows).SelectMany(row => row), Operations.Linear(x, weight, Row(3, 4)).ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void ScatterRows_PartsThatShareRows_AddsInTheOrderOfParts(int threads)
    {
        using CpuEngine engine = new(new CpuEngineOptions { Threads = threads });
        const int Columns = 700;
        Random random = new(3);
        int[][] rows = [[.. Enumerable.Range(0, 60).Select(_ => random.Next(40))], [7], [.. Enumerable.Range(0, 33).Select(_ => random.Next(40))]];
        float[][] parts = [.. rows.Select(part => Enumerable.Range(0, part.Length * Columns).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        float[][] weights = [.. rows.Select(part => part.Select(_ => random.NextSingle()).ToArray())];
        float[] expected = new float[40 * Columns];
        for (int p = 0; p < parts.Length; p++)
        {
            for (int i = 0; i < parts[p].Length; i++)
            {
                ref float target = ref expected[rows[p][i / Columns] * Columns + i % Columns];
                target = MathF.FusedMultiplyAdd(parts[p][i], weights[p][i / Columns], target);
            }
        }

        using Tensor sum = engine.Operations.ScatterRows(
            [.. parts.Select(part => engine.Create(new TensorShape(part.Length / Columns, Columns), part))],
            [.. weights.Select(part => engine.Create(new TensorShape(part.Length, 1), part))],
            rows,
            40);

        Assert.Equal(new TensorShape(40, Columns), sum.Shape);
        Assert.Equal(expected, sum.ToArray());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(33, 70)]
    [InlineData(200, 3)]
    public void Transpose_AnySize_ExchangesRowsAndColumns(int rows, int columns)
    {
        float[] values = [.. Enumerable.Range(0, rows * columns).Select(i => (float)i)];

        using Tensor turned = Operations.Transpose(Matrix(columns, values));

        Assert.Equal(new TensorShape(columns, rows), turned.Shape);
        Assert.Equal(values.Select((_, i) => values[i % rows * columns + i / rows]), turned.ToArray());
    }

    [Fact]
    public unsafe void MatrixProduct_NoRows_ChangesNothing()
    {
        float value = 7;
        using WorkerPool pool = new(1);

        MatrixProduct.Multiply(pool, _engine.Memory, &value, 1, 1, (byte*)&value, ElementType.Float32, 0, 1, 1, true, &value);

        Assert.Equal(7, value);
    }

    [Fact]
    public void RowsAndColumnsAndConcatenate_MoveValues()
    {
        Tensor x = Matrix(3, 1, 2, 3, 4, 5, 6);
        Assert.Equal([4, 5, 6, 1, 2, 3, 4, 5, 6], Operations.Rows(x, [1, 0, 1]).ToArray());
        Assert.Equal([2, 3, 5, 6], Operations.Columns(x, 1, 2).ToArray());
        Tensor joined = Operations.Concatenate(Matrix(1, 7, 8), x);
        Assert.Equal(new TensorShape(2, 4), joined.Shape);
        Assert.Equal([7, 1, 2, 3, 8, 4, 5, 6], joined.ToArray());
    }

    [Theory]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.BFloat16)]
    public void Embedding_TableAsStored_GivesTheRows(ElementType type)
    {
        float[] values = [.. Enumerable.Range(0, 3 * 21).Select(i => i * 0.25f)];
        using Tensor table = _engine.Load(CpuTensorTests.Stored(type, values, 3, 21));

        Assert.Equal([.. values[42..], .. values[..21], .. values[42..]], Operations.Embedding(table, [2, 0, 2]).ToArray());
    }

    [Theory]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.BFloat16)]
    public void Operations_WeightsOf16Bits_AreReadAsTheirValues(ElementType type)
    {
        using Tensor stored = _engine.Load(CpuTensorTests.Stored(type, [0.5f, -2, 1.25f]));
        using Tensor same = Row(0.5f, -2, 1.25f);
        using Tensor x = Matrix(3, 1, 2, 3, -4, 5, 0.5f);

        Assert.Equal(Operations.RmsNorm(x, same, 1e-5f).ToArray(), Operations.RmsNorm(x, stored, 1e-5f).ToArray());
        Assert.Equal(Operations.Add(x, same).ToArray(), Operations.Add(x, stored).ToArray());
    }

    [Fact]
    public void TokenLosses_SomeTargets_AddUpToTheCrossEntropy()
    {
        using Tensor logits = Matrix(3, 1, 5, 5, 7, -1, 7, 0, 0, 0);
        float[] losses = Operations.TokenLosses(logits, [1, -1, 2]);
        Assert.Equal([0, MathF.Log(3)], losses[1..]);
        Assert.Equal(losses[0] + losses[2], 2 * Operations.CrossEntropy(logits, [1, -1, 2]).ToArray()[0], 1e-6f);
        Assert.Equal((0.5f * losses[0]) + (3 * losses[2]), Operations.CrossEntropy(logits, [1, -1, 2], [0.5f, 9, 3]).ToArray()[0], 1e-6f);
        Assert.Equal([0, 0, 0], Operations.TokenLosses(logits, [-1, -1, -1]));
    }

    [Fact]
    public void ArgMax_TiesAndNaN_GivesTheLowestIndexOfANumber()
    {
        float[] wide = new float[1000];
        wide[777] = wide[901] = 3;

        Assert.Equal([1, 0], Operations.ArgMax(Matrix(3, 1, 5, 5, 7, -1, 7)));
        Assert.Equal([777], Operations.ArgMax(Row(wide)));
        Assert.Equal([2, 0], Operations.ArgMax(Matrix(3, float.NaN, 1, 2, float.NaN, float.NaN, float.NaN)));
        Assert.Equal([1], Operations.ArgMax(Row(float.NegativeInfinity, -1, float.NegativeInfinity)));
    }

    public static TheoryData<string> WrongCalls() => [.. Calls.Keys];

    [Theory]
    [MemberData(nameof(WrongCalls))]
    public void Operation_WrongArguments_NamesTheOperationAndTakesNoMemory(string name)
    {
        using Tensor a = Matrix(3, 1, 2, 3, 4, 5, 6);
        using Tensor b = Matrix(2, 1, 2, 3, 4, 5, 6, 7, 8);
        using Tensor row = Row(1, 2, 3);
        long before = _engine.Memory.UsedBytes;
        ArgumentException thrown = Assert.ThrowsAny<ArgumentException>(() => Calls[name](Operations, a, b, row));

        Assert.Contains(name.Split(' ')[0], thrown.Message);
        Assert.Equal(before, _engine.Memory.UsedBytes);
    }

    [Fact]
    public void WrongCalls_CoverEveryOperationThatChecksShapes()
    {
        string[] anyShape =
        [
            nameof(Operations.Activate), nameof(Operations.Scale), nameof(Operations.SoftCap), nameof(Operations.Clamp),
            nameof(Operations.Exp), nameof(Operations.NormalizeRows), nameof(Operations.ArgMax), nameof(Operations.Softmax),
        ];
        IEnumerable<string> operations = typeof(Operations).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Select(method => method.Name).Except(anyShape).Order();

        Assert.Equal(operations, Calls.Keys.Select(name => name.Split(' ')[0]).Distinct().Order());
    }

    [Fact]
    public void Operations_TensorOfAnotherEngine_Throws()
    {
        using Tensor a = Row(1, 2);

        Assert.Contains("another engine", Assert.Throws<ArgumentException>(() => Operations.Add(a, new ForeignTensor())).Message);
    }

    [Fact]
    public void DecodeSteps_TenThousand_TakeNoMoreMemoryThanTheFirst()
    {
        using Tensor table = Matrix(8, [.. Enumerable.Range(0, 64).Select(i => i % 7 * 0.1f)]);
        using Tensor norm = Row(1, 1, 1, 1, 1, 1, 1, 1);
        using KeyValueCache cache = _engine.CreateCache(1, 8, 20_000);
        AttentionShape shape = new(2, 2, 4, 0.5f);
        long after = 0;
        int token = 0;
        for (int step = 0; step < 10_000; step++)
        {
            if (cache.Length == 64)
            {
                cache.Truncate(0);
            }

            using Tensor x = Operations.Embedding(table, [token]);
            using Tensor normed = Operations.RmsNorm(x, norm, 1e-5f);
            using Tensor attended = Operations.Attention(normed, normed, normed, shape, [new SequenceRows(1, cache)], 0);
            using Tensor logits = Operations.Linear(attended, table);
            cache.Advance(1);
            token = Operations.ArgMax(logits)[0];
            if (step == 100)
            {
                after = _engine.Memory.UsedBytes + _engine.Memory.IdleBytes;
            }
        }

        Assert.Equal(after, _engine.Memory.UsedBytes + _engine.Memory.IdleBytes);
    }

    [Fact]
    public void Tensor_DisposedWhileOthersRead_GivesValuesOrTheRightException()
    {
        for (int round = 0; round < 200; round++)
        {
            Tensor x = Row(1, 2, 3, 4);
            Parallel.Invoke(
                () => x.Dispose(),
                () =>
                {
                    try
                    {
                        using Tensor y = Operations.Scale(x, 2);
                        Assert.Equal([2, 4, 6, 8], y.ToArray());
                    }
                    catch (ObjectDisposedException)
                    {
                    }
                });
        }

        Assert.Equal(0, _engine.Memory.UsedBytes);
    }

    // a is [2, 3], b is [4, 2], row is [3].
    private static readonly SortedDictionary<string, Action<Operations, Tensor, Tensor, Tensor>> Calls = new(StringComparer.Ordinal)
    {
        ["Embedding below"] = (o, a, _, _) => o.Embedding(a, [0, -1]),
        ["Embedding above"] = (o, a, _, _) => o.Embedding(a, [2]),
        ["Linear"] = (o, a, b, _) => o.Linear(a, b),
        ["Linear bias"] = (o, a, _, _) => o.Linear(a, a, a),
        ["RmsNorm"] = (o, a, b, _) => o.RmsNorm(a, b, 1e-5f),
        ["LayerNorm"] = (o, a, b, _) => o.LayerNorm(a, b, null, 1e-5f),
        ["Rotary head"] = (o, a, _, _) => o.Rotary(a, 2, new RotaryFrequencies([1]), [0, 1]),
        ["Rotary positions"] = (o, a, _, _) => o.Rotary(a, 3, new RotaryFrequencies([1]), [0]),
        ["Rotary negative"] = (o, a, _, _) => o.Rotary(a, 3, new RotaryFrequencies([1]), [0, -1]),
        ["Rotary pairs"] = (o, a, _, _) => o.Rotary(a, 3, new RotaryFrequencies([1, 2]), [0, 1]),
        ["Attention heads"] = (o, a, _, _) => o.Attention(a, a, a, new AttentionShape(2, 2, 3, 1), [new(2)], 0),
        ["Attention keys"] = (o, a, b, _) => o.Attention(a, b, a, new AttentionShape(1, 1, 3, 1), [new(2)], 0),
        ["Attention values"] = (o, a, b, _) => o.Attention(a, a, b, new AttentionShape(1, 1, 3, 1), [new(2)], 0),
        ["Attention rows"] = (o, a, _, _) => o.Attention(a, a, a, new AttentionShape(1, 1, 3, 1), [new(1)], 0),
        ["Attention none"] = (o, a, _, _) => o.Attention(a, a, a, new AttentionShape(1, 1, 3, 1), [new(2), new(0)], 0),
        ["Attention groups"] = (o, a, _, _) => o.Attention(a, a, a, new AttentionShape(3, 2, 1, 1), [new(2)], 0),
        ["Gate"] = (o, a, b, _) => o.Gate(a, b, Activation.Silu),
        ["Add"] = (o, a, b, _) => o.Add(a, b),
        ["Add larger"] = (o, a, _, row) => o.Add(row, a),
        ["Multiply"] = (o, a, b, _) => o.Multiply(a, b),
        ["Rows"] = (o, a, _, _) => o.Rows(a, [5]),
        ["Columns"] = (o, a, _, _) => o.Columns(a, 2, 2),
        ["Columns none"] = (o, a, _, _) => o.Columns(a, 0, 0),
        ["Concatenate"] = (o, a, b, _) => o.Concatenate(a, b),
        ["ScatterRows none"] = (o, _, _, _) => o.ScatterRows([], [], [], 2),
        ["ScatterRows count"] = (o, a, _, row) => o.ScatterRows([a], [row], [[0]], 2),
        ["ScatterRows above"] = (o, a, _, row) => o.ScatterRows([a], [row], [[0, 2]], 2),
        ["ScatterRows columns"] = (o, a, b, row) => o.ScatterRows([b, a], [row, row], [[0, 1, 0, 1], [0, 1]], 2),
        ["ScatterRows weights"] = (o, a, _, row) => o.ScatterRows([a], [row], [[0, 1]], 2),
        ["Transpose"] = (o, _, _, row) => o.Transpose(row),
        ["CrossEntropy rows"] = (o, a, _, _) => o.CrossEntropy(a, [1]),
        ["CrossEntropy vocabulary"] = (o, a, _, _) => o.CrossEntropy(a, [1, 3]),
        ["CrossEntropy none"] = (o, a, _, _) => o.CrossEntropy(a, [-1, -100]),
        ["TokenLosses rows"] = (o, a, _, _) => o.TokenLosses(a, [1]),
        ["TokenLosses vocabulary"] = (o, a, _, _) => o.TokenLosses(a, [1, 3]),
        ["CrossEntropy weights"] = (o, a, _, _) => o.CrossEntropy(a, [1, 2], [1]),
        ["CrossEntropy weight"] = (o, a, _, _) => o.CrossEntropy(a, [1, 2], [1, float.NaN]),
        ["KlDivergence weights"] = (o, a, _, _) => o.KlDivergence(a, a, [1]),
        ["KlDivergence"] = (o, a, b, _) => o.KlDivergence(a, b),
        ["Neurons none"] = (o, a, _, row) => o.Neurons(a, row, row, []),
        ["Neurons mean"] = (o, a, b, row) => o.Neurons(a, b, row, [new(NeuronForm.Linear, a, null, a)]),
        ["Neurons keys"] = (o, a, b, row) => o.Neurons(a, row, row, [new(NeuronForm.Linear, b, null, a)]),
        ["Neurons values"] = (o, a, b, row) => o.Neurons(a, row, row, [new(NeuronForm.Linear, a, null, b)]),
        ["Neurons form"] = (o, a, _, row) => o.Neurons(a, row, row, [new(NeuronForm.Recall, a, row, a)]),
        ["Recall metric"] = (o, a, b, row) => o.Recall(null, a, b, row, row, []),
        ["Recall offset"] = (o, a, _, row) => o.Recall(null, a, a, row, row, []),
        ["Recall sharpness"] = (o, a, _, row) => WithOne(o, a, one => o.Recall(null, a, row.Reshape(new(1, 3)), one, row, [])),
        ["Recall none"] = (o, a, _, row) => WithOne(o, a, one => o.Recall(null, a, row.Reshape(new(1, 3)), one, one, [])),
        ["Recall form"] = (o, a, _, row) => WithOne(o, a, one => o.Recall(
            null, a, row.Reshape(new(1, 3)), one, one, [new(NeuronForm.Linear, row.Reshape(new(3, 1)), null, row.Reshape(new(3, 1)))])),
        ["Recall keys"] = (o, a, _, row) => WithOne(o, a, one => o.Recall(
            null, a, row.Reshape(new(1, 3)), one, one, [new(NeuronForm.Recall, row.Reshape(new(1, 3)), one, row.Reshape(new(1, 3)))])),
        ["Recall output"] = (o, a, _, row) => WithOne(o, a, one => o.Recall(
            a, a, row.Reshape(new(1, 3)), one, one, [new(NeuronForm.Recall, row.Reshape(new(3, 1)), row, row.Reshape(new(3, 1)))])),
        ["Neurons thresholds"] = (o, a, _, row) => o.Neurons(a, row, row, [new(NeuronForm.Sparse, a, null, a)]),
    };

    // With a tensor of one value.
    private static void WithOne(Operations ops, Tensor a, Action<Tensor> call)
    {
        using Tensor one = ops.CrossEntropy(a, [0, 1]);
        call(one);
    }

    private Tensor Row(params float[] values) => _engine.Create(new TensorShape(values.Length), values);

    private Tensor Matrix(int columns, params float[] values) => _engine.Create(new TensorShape(values.Length / columns, columns), values);

    private sealed class ForeignTensor() : Tensor(new TensorShape(2), ElementType.Float32)
    {
        public override long Bytes => 0;

        public override Tensor Reshape(TensorShape shape) => throw new NotSupportedException();

        public override void CopyTo(Span<float> destination) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
