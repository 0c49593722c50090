using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Cpu;

public sealed class LinearTests
{
    public static TheoryData<string, ElementType> Variants()
    {
        TheoryData<string, ElementType> variants = [];
        foreach (InstructionSet instructions in Enum.GetValues<InstructionSet>().Where(set => set <= InstructionSets.Best))
        {
            foreach (ElementType type in Enum.GetValues<ElementType>())
            {
                variants.Add(instructions.ToString(), type);
            }
        }

        return variants;
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Linear_SizesFromOneToSeventy_MatchesTheFormulaForwardAndBackward(string instructions, ElementType type)
    {
        using CpuEngine engine = Engine(instructions, threads: 2);
        Random random = new(3);
        for (int size = 1; size <= 70; size++)
        {
            CheckAll(engine, type, rows: size, inputs: random.Next(1, 71), outputs: random.Next(1, 71), random);
            CheckAll(engine, type, rows: random.Next(1, 71), inputs: size, outputs: random.Next(1, 71), random);
            CheckAll(engine, type, rows: random.Next(1, 71), inputs: random.Next(1, 71), outputs: size, random);
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Linear_LargerThanTheBlocks_MatchesTheFormulaForwardAndBackward(string instructions, ElementType type)
    {
        using CpuEngine engine = Engine(instructions, threads: 2);
        Random random = new(4);
        CheckAll(engine, type, rows: 205, inputs: 401, outputs: 213, random);
        CheckAll(engine, type, rows: 3, inputs: 1025, outputs: 389, random);
        CheckAll(engine, type, rows: 2, inputs: 6149, outputs: 7, random);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Linear_AnyNumberOfThreads_GivesTheSameBits(string instructions, ElementType type)
    {
        foreach (int rows in new[] { 1, 3, 7, 40, 230 })
        {
            float[][] results = [.. new[] { 1, 2, 3, 5 }.Select(threads =>
            {
                using CpuEngine engine = Engine(instructions, threads);
                Random random = new(rows);
                using Tensor x = engine.Create(new TensorShape(rows, 390), Values(random, rows * 390));
                using Tensor weight = Weight(engine, type, Values(random, 250 * 390), 250, 390);
                using GradientTape tape = engine.Record();
                Tensor[] watched = Differentiable(type) ? [x, weight] : [x];
                Array.ForEach(watched, tape.Watch);
                using Tensor y = tape.Linear(x, weight);
                using Tensor loss = GradientCheck.WeightedSum(engine, tape, y, Values(random, rows * 250));
                IReadOnlyList<Tensor> gradients = tape.Gradients(loss, watched);
                return (float[])[.. y.ToArray(), .. gradients.SelectMany(gradient => gradient.ToArray())];
            })];
            Assert.All(results, result => Assert.Equal(results[0], result));
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Linear_FewRowsOrMany_RowDoesNotDependOnTheOthers(string instructions, ElementType type)
    {
        using CpuEngine engine = Engine(instructions, threads: 2);
        Random random = new(6);
        using Tensor weight = Weight(engine, type, Values(random, 30 * 141), 30, 141);
        float[] inputs = Values(random, 30 * 141);

        // One kernel serves few rows, another all greater numbers.
        int most = Linear.MostRowsUnpacked(type);
        Check(1, most);
        Check(most + 1, 30);

        void Check(int from, int to)
        {
            float[] all = Rows(inputs.AsSpan(0, to * 141));
            for (int rows = from; rows < to; rows++)
            {
                Assert.Equal(all[..(rows * 30)], Rows(inputs.AsSpan(0, rows * 141)));
                Assert.Equal(all[^(rows * 30)..], Rows(inputs.AsSpan((to - rows) * 141, rows * 141)));
            }
        }

        float[] Rows(ReadOnlySpan<float> values)
        {
            using Tensor x = engine.Create(new TensorShape(values.Length / 141, 141), values);
            using Tensor y = engine.Operations.Linear(x, weight);
            return y.ToArray();
        }
    }

    [Fact]
    public void Linear_SeveralThreadsShareAWeight_PacksItOnce()
    {
        using CpuEngine engine = new(2, InstructionSets.Best);
        Random random = new(8);
        using Tensor weight = engine.Create(new TensorShape(64, 64), Values(random, 64 * 64));
        using Tensor x = engine.Create(new TensorShape(32, 64), Values(random, 32 * 64));
        long before = engine.Memory.UsedBytes;
        float[][] results = new float[8][];
        Parallel.For(0, 8, i =>
        {
            using Tensor y = engine.Operations.Linear(x, weight);
            results[i] = y.ToArray();
        });

        Assert.All(results, result => Assert.Equal(results[0], result));
        Assert.Equal(before + MemoryPool.BlockSize(64 * 64 * 4), engine.Memory.UsedBytes);
        weight.Dispose();
        Assert.Equal(MemoryPool.BlockSize(32 * 64 * 4), engine.Memory.UsedBytes);
    }

    [Fact]
    public void Linear_Float16SpecialValues_ArePreserved()
    {
        foreach (InstructionSet instructions in Enum.GetValues<InstructionSet>().Where(set => set <= InstructionSets.Best))
        {
            using CpuEngine engine = new(1, instructions);
            float[] special = [float.PositiveInfinity, float.NegativeInfinity, 65504, -65504, 5.9604645e-8f, -6.097555e-5f, -0f, 1];
            using Tensor weight = engine.Load(CpuTensorTests.Stored(ElementType.Float16, [.. special, .. special], 1, 16));
            for (int i = 0; i < 16; i++)
            {
                float[] one = new float[16];
                one[i] = 1;
                float expected = special[i % 8];

                // 0 · ∞ is NaN, so only where the others are finite can the result be seen; the infinities are seen in the widened copy.
                using Tensor row = engine.Operations.Rows(weight, [0]);
                Assert.Equal(expected, row.ToArray()[i]);
                using Tensor finite = engine.Load(CpuTensorTests.Stored(ElementType.Float16, [.. special[2..], 2, 3, .. special[2..], 2, 3], 1, 16));
                using Tensor x = engine.Create(new TensorShape(1, 16), one);
                using Tensor y = engine.Operations.Linear(x, finite);
                Assert.Equal(finite.ToArray()[i], y.ToScalar());
            }
        }
    }

    [Fact]
    public void Linear_WrongShapes_NamesThem()
    {
        using CpuEngine engine = new(1, InstructionSets.Best);
        using Tensor x = engine.Create(new TensorShape(2, 3), new float[6]);
        using Tensor weight = engine.Create(new TensorShape(5, 4), new float[20]);
        using Tensor fits = engine.Create(new TensorShape(5, 3), new float[15]);

        string message = Assert.Throws<ArgumentException>(() => engine.Operations.Linear(x, weight)).Message;
        Assert.Contains("Linear", message);
        Assert.Contains("[2, 3]", message);
        Assert.Contains("[5, 4]", message);
        Assert.Throws<ArgumentException>(() => engine.Operations.Linear(x, fits, x));
    }

    private static void CheckAll(CpuEngine engine, ElementType type, int rows, int inputs, int outputs, Random random)
    {
        float[] xs = Values(random, rows * inputs);
        float[] biases = Values(random, outputs);
        float[] upstream = Values(random, rows * outputs);
        using Tensor weight = Weight(engine, type, Values(random, outputs * inputs), outputs, inputs);
        using Tensor x = engine.Create(new TensorShape(rows, inputs), xs);
        using Tensor bias = engine.Create(new TensorShape(outputs), biases);
        float[] w = weight.ToArray();
        using GradientTape tape = engine.Record();
        Tensor[] watched = Differentiable(type) ? [x, bias, weight] : [x, bias];
        Array.ForEach(watched, tape.Watch);
        using Tensor y = tape.Linear(x, weight, bias);
        using Tensor loss = GradientCheck.WeightedSum(engine, tape, y, upstream);
        IReadOnlyList<Tensor> gradients = tape.Gradients(loss, watched);

        string sizes = $"{rows} × {inputs} × {outputs}";
        float[] ones = [.. Enumerable.Repeat(1f, rows)];
        Compare($"y of {sizes}", xs, Transposed(w, outputs, inputs), rows, inputs, outputs, y, biases);
        Compare($"dx of {sizes}", upstream, w, rows, outputs, inputs, gradients[0]);
        Compare($"db of {sizes}", ones, upstream, 1, rows, outputs, gradients[1]);
        if (Differentiable(type))
        {
            Compare($"dw of {sizes}", Transposed(upstream, rows, outputs), xs, outputs, rows, inputs, gradients[2]);
        }

        foreach (Tensor gradient in gradients)
        {
            gradient.Dispose();
        }
    }

    // actual = a b + start. The error of a sum of products grows with the sum of their magnitudes.
    private static void Compare(string what, float[] a, float[] b, int rows, int depth, int columns, Tensor actual, float[]? start = null)
    {
        float[] values = actual.ToArray();
        double[] sums = new double[columns];
        double[] magnitudes = new double[columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                sums[column] = start?[column] ?? 0;
                magnitudes[column] = Math.Abs(sums[column]);
            }

            for (int i = 0; i < depth; i++)
            {
                double factor = a[row * depth + i];
                for (int column = 0; column < columns; column++)
                {
                    double product = factor * b[i * columns + column];
                    sums[column] += product;
                    magnitudes[column] += Math.Abs(product);
                }
            }

            for (int column = 0; column < columns; column++)
            {
                float value = values[row * columns + column];
                if (!(Math.Abs(sums[column] - value) <= 2e-6 * magnitudes[column]))
                {
                    Assert.Fail($"{what} [{row}, {column}]: {value}, expected {sums[column]}");
                }
            }
        }
    }

    private static float[] Transposed(float[] values, int rows, int columns)
    {
        float[] transposed = new float[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                transposed[column * rows + row] = values[row * columns + column];
            }
        }

        return transposed;
    }

    private static bool Differentiable(ElementType type) => type != ElementType.Int8Block32;

    private static Tensor Weight(CpuEngine engine, ElementType type, float[] values, int outputs, int inputs) => type == ElementType.Int8Block32
        ? engine.Quantize(CpuTensorTests.Stored(ElementType.Float32, values, outputs, inputs))
        : engine.Load(CpuTensorTests.Stored(type, values, outputs, inputs));

    private static CpuEngine Engine(string instructions, int threads) => new(threads, Enum.Parse<InstructionSet>(instructions));

    private static float[] Values(Random random, int count)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)(random.NextDouble() * 2 - 1);
        }

        return values;
    }
}
