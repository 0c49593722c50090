using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Cpu;

public sealed class Int8BlocksTests
{
    private readonly CpuEngine _engine = new(new CpuEngineOptions { Threads = 2 });

    [Theory]
    [InlineData(ElementType.Float32, 1, 1)]
    [InlineData(ElementType.Float32, 33, 95)]
    [InlineData(ElementType.Float16, 64, 64)]
    [InlineData(ElementType.BFloat16, 5, 200)]
    public void Quantize_AnySizes_IsOffByHalfAStepAtMost(ElementType type, int outputs, int inputs)
    {
        // Rows differ in size by many orders of magnitude; half precision ends at 65504.
        float[] values = KernelCheck.Values(outputs * inputs, 1, scale: 1);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] *= MathF.Pow(10, i / inputs % 8 - 4);
        }

        StoredTensor stored = CpuTensorTests.Stored(type, values, outputs, inputs);
        using Tensor exact = _engine.Load(stored);
        using Tensor quantized = _engine.Quantize(stored);

        Assert.Equal((exact.Shape, ElementType.Int8Block32), (quantized.Shape, quantized.ElementType));
        (float[] expected, float[] actual) = (exact.ToArray(), quantized.ToArray());
        for (int row = 0; row < outputs; row++)
        {
            for (int start = 0; start < inputs; start += 32)
            {
                Range block = new(row * inputs + start, row * inputs + Math.Min(inputs, start + 32));
                float largest = expected[block].Max(MathF.Abs);

                // The scale is the next bfloat16 value above largest / 127: up to 1/128 more.
                Assert.All(expected[block].Zip(actual[block]), pair => Assert.InRange(pair.Second - pair.First, -largest / 250, largest / 250));
            }
        }
    }

    [Fact]
    public void Quantize_MultiplesOfAPowerOfTwo_AreExact()
    {
        float[] values = [.. Enumerable.Range(0, 64 * 70).Select(i => i % 70 % 32 == 0 ? 127 / 64f : (i * 37 % 255 - 127) / 64f)];
        using Tensor quantized = _engine.Quantize(CpuTensorTests.Stored(ElementType.Float32, values, 64, 70));

        Assert.Equal(values, quantized.ToArray());
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(float.Epsilon)]
    [InlineData(1e-40f)]
    [InlineData(float.MaxValue)]
    public void Quantize_ZerosAndExtremes_StayFinite(float largest)
    {
        float[] values = [largest, -largest, 0, largest / 2];
        using Tensor quantized = _engine.Quantize(CpuTensorTests.Stored(ElementType.Float32, values, 1, 4));

        // Subnormal scales have fewer digits.
        Assert.All(values.Zip(quantized.ToArray()), pair => Assert.InRange(pair.Second, pair.First - largest / 250 - 1e-40f, pair.First + largest / 250 + 1e-40f));
    }

    [Fact]
    public void Quantize_EveryInstructionSet_GivesTheSameBlocks()
    {
        StoredTensor stored = CpuTensorTests.Stored(ElementType.Float32, KernelCheck.Values(70 * 75, 2), 70, 75);
        float[][] results = [.. KernelCheck.InstructionSets.Select(set =>
        {
            using CpuEngine engine = new(3, set);
            using Tensor quantized = engine.Quantize(stored);
            return quantized.ToArray();
        })];

        Assert.All(results, result => Assert.Equal(results[0], result));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Quantize_NotFinite_NamesTheTensorAndKeepsNoMemory(float value)
    {
        float[] values = KernelCheck.Values(40 * 40, 3);
        values[1333] = value;

        Assert.Contains("test", Assert.Throws<ArgumentException>(() => _engine.Quantize(CpuTensorTests.Stored(ElementType.Float32, values, 40, 40))).Message);
        Assert.Equal(0, _engine.Memory.UsedBytes);
    }

    [Fact]
    public void Quantize_Vector_IsRefused() =>
        Assert.Contains("[4]", Assert.Throws<ArgumentException>(() => _engine.Quantize(CpuTensorTests.Stored(ElementType.Float32, [1, 2, 3, 4]))).Message);

    [Fact]
    public void Bytes_Quantized_AreAQuarterAndTheScales()
    {
        using Tensor quantized = _engine.Quantize(CpuTensorTests.Stored(ElementType.Float32, new float[64 * 96], 64, 96));

        Assert.Equal(64 * 96 * 17 / 16, quantized.Bytes);
    }

    [Fact]
    public void Quantized_AnythingButTheWeightOfLinear_IsRefusedByName()
    {
        using Tensor quantized = _engine.Quantize(CpuTensorTests.Stored(ElementType.Float32, KernelCheck.Values(32 * 32, 4), 32, 32));
        using Tensor x = _engine.Create(new TensorShape(32, 32), new float[32 * 32]);
        using GradientTape tape = _engine.Record();

        Assert.Contains("Scale", Assert.Throws<ArgumentException>(() => _engine.Operations.Scale(quantized, 2)).Message);
        Assert.Contains("Embedding", Assert.Throws<ArgumentException>(() => _engine.Operations.Embedding(quantized, [0])).Message);
        Assert.Contains("Linear", Assert.Throws<ArgumentException>(() => _engine.Operations.Linear(quantized, x)).Message);
        Assert.Contains("Reshape", Assert.Throws<ArgumentException>(() => quantized.Reshape(new TensorShape(1024))).Message);
        Assert.Contains("no gradient", Assert.Throws<ArgumentException>(() => tape.Watch(quantized)).Message);
    }

    [Fact]
    public void Linear_Quantized_GradientOfTheInputAgreesWithDifferences()
    {
        using Tensor weight = _engine.Quantize(CpuTensorTests.Stored(ElementType.Float32, KernelCheck.Values(37 * 41, 5, scale: 1), 37, 41));

        GradientCheck.Run(_engine, [new TensorShape(5, 41), new TensorShape(37)], (ops, inputs) => ops.Linear(inputs[0], weight, inputs[1]));
    }
}
