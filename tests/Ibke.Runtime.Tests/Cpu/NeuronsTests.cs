using System.Numerics.Tensors;
using Ibke.Runtime.Cpu;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class NeuronsTests
{
    private static readonly MemoryPool Memory = new();

    [Fact]
    public void Forward_Sparse_IsHandCalculated()
    {
        // x̂ = (3, 4), its direction (0.6, 0.8); the first key lies along it (cosine 1), the second across it (0), the third at 0.8.
        float[][] inputs = [[7, 8], [1, 4], [2, 1], [0.6f, 0.8f, -0.8f, 0.6f, 0, 1], [0.5f, 0.5f, 0.6f], [10, 1, 100, 100, 2, -4]];
        KernelCheck.Forward(inputs, _ => [10 + (0.5 * 2), 1 + (0.5 * -4)], Sparse(1, 2, 3), 2e-6);
    }

    [Fact]
    public void Forward_OutsideAllCones_IsExactlyZero() => KernelCheck.Forward(
        [[1, 0], [0, 0], [1, 1], [0, 1], [0.1f], [5, 5]], _ => [0, 0], Sparse(1, 2, 1), 0);

    [Fact]
    public void Forward_Linear_IsHandCalculated() => KernelCheck.Forward(
        [[1, 2], [9, 9], [9, 9], [3, 4, 1, 0], [1, 1, 0, 5]], _ => [11, 16], Linear(1, 2, 2), 1e-6);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 4)]
    [InlineData(2, 64, 13)]
    [InlineData(7, 70, 9)]
    [InlineData(40, 33, 30)]
    public void Forward_SomeSizes_AgreesWithReference(int rows, int hidden, int neurons)
    {
        KernelCheck.Forward(SparseInputs(rows, hidden, neurons), inputs => SparseReference(inputs, hidden), Sparse(rows, hidden, neurons), 1e-5);
        KernelCheck.Forward(LinearInputs(rows, hidden, neurons), inputs => LinearReference(inputs, hidden), Linear(rows, hidden, neurons), 1e-5);
    }

    [Theory]
    [InlineData(16, 5, 4)]
    [InlineData(21, 64, 130)]
    public void Forward_ByProducts_AgreesWithReference(int rows, int hidden, int neurons)
    {
        ForwardKernel Kernel(bool sparse) => (pool, inputs, result, _) =>
        {
            // Two blocks of the same neurons, so that the second has to find its own activations.
            NeuronPointers* blocks = stackalloc NeuronPointers[2];
            blocks[0] = blocks[1] = sparse ? new(inputs[3], inputs[4], inputs[5], neurons) : new(inputs[3], null, inputs[4], neurons);
            Neurons.Forward(pool, Memory, inputs[0], inputs[1], inputs[2], blocks, 2, rows, hidden, result);
        };
        double[] Twice(double[] values) => [.. values.Select(value => 2 * value)];

        KernelCheck.Forward(SparseInputs(rows, hidden, neurons), inputs => Twice(SparseReference(inputs, hidden)), Kernel(true), 3e-5);
        KernelCheck.Forward(LinearInputs(rows, hidden, neurons), inputs => Twice(LinearReference(inputs, hidden)), Kernel(false), 3e-5);
    }

    [Fact]
    public void Forward_SeveralBlocks_AddsTheirResults()
    {
        const int Hidden = 20;
        float[][] first = SparseInputs(6, Hidden, 8), second = LinearInputs(6, Hidden, 3);
        float[][] inputs = [.. first, second[3], second[4]];
        double[] Sum(double[][] all)
        {
            double[] sparse = SparseReference(all[..6], Hidden), linear = LinearReference([all[0], all[1], all[2], all[6], all[7]], Hidden);
            return [.. sparse.Zip(linear, (a, b) => a + b)];
        }

        KernelCheck.Forward(
            inputs,
            Sum,
            (pool, values, result, count) =>
            {
                NeuronPointers* blocks = stackalloc NeuronPointers[2];
                blocks[0] = new(values[3], values[4], values[5], 8);
                blocks[1] = new(values[6], null, values[7], 3);
                Neurons.Forward(pool, null, values[0], values[1], values[2], blocks, 2, count / Hidden, Hidden, result);
            },
            1e-5);
    }

    [Theory]
    [InlineData(1, 2, 1)]
    [InlineData(4, 9, 5)]
    [InlineData(3, 35, 6)]
    [InlineData(5, 20, 70)]
    public void Backward_Sparse_AgreesWithDifferences(int rows, int hidden, int neurons) => KernelCheck.Backward(
        SparseInputs(rows, hidden, neurons),
        [0, 3, 4, 5],
        inputs => SparseReference(inputs, hidden),
        (pool, inputs, gradient, gradients) => Neurons.Backward(
            pool, Memory, inputs[0], inputs[1], inputs[2], new(inputs[3], inputs[4], inputs[5], neurons), gradient, rows, hidden, gradients[0], gradients[3], gradients[4], gradients[5]),
        2e-5);

    [Theory]
    [InlineData(1, 2, 1)]
    [InlineData(4, 9, 5)]
    [InlineData(3, 35, 6)]
    [InlineData(5, 20, 70)]
    public void Backward_Linear_AgreesWithDifferences(int rows, int hidden, int neurons) => KernelCheck.Backward(
        LinearInputs(rows, hidden, neurons),
        [0, 3, 4],
        inputs => LinearReference(inputs, hidden),
        (pool, inputs, gradient, gradients) => Neurons.Backward(
            pool, Memory, inputs[0], inputs[1], inputs[2], new(inputs[3], null, inputs[4], neurons), gradient, rows, hidden, gradients[0], gradients[3], null, gradients[4]),
        2e-5);

    // x, mean, deviation, keys, thresholds, values. Keys lie near rows of x, so that some neurons answer.
    private static float[][] SparseInputs(int rows, int hidden, int neurons)
    {
        float[] x = KernelCheck.Values(rows * hidden, 1);
        float[] mean = KernelCheck.Values(hidden, 2, 0.3);
        float[] deviation = [.. KernelCheck.Values(hidden, 3, 0.5).Select(value => value + 1)];
        float[] keys = KernelCheck.Values(neurons * hidden, 4, 0.8);
        for (int i = 0; i < keys.Length; i++)
        {
            int row = i / hidden % rows;
            keys[i] += (x[(row * hidden) + (i % hidden)] - mean[i % hidden]) / deviation[i % hidden];
        }

        for (int neuron = 0; neuron < neurons; neuron++)
        {
            Span<float> key = keys.AsSpan(neuron * hidden, hidden);
            float norm = MathF.Sqrt(TensorPrimitives.SumOfSquares(key));
            TensorPrimitives.Divide(key, norm, key);
        }

        float[] thresholds = [.. Enumerable.Range(0, neurons).Select(neuron => 0.15f + (0.37f * neuron % 0.7f))];
        return [x, mean, deviation, keys, thresholds, KernelCheck.Values(neurons * hidden, 6)];
    }

    private static float[][] LinearInputs(int rows, int hidden, int neurons) =>
    [
        KernelCheck.Values(rows * hidden, 1, 1), KernelCheck.Values(hidden, 2), KernelCheck.Values(hidden, 3),
        KernelCheck.Values(neurons * hidden, 4, 1), KernelCheck.Values(neurons * hidden, 5, 1),
    ];

    private static ForwardKernel Sparse(int rows, int hidden, int neurons) => (pool, inputs, result, _) =>
    {
        NeuronPointers block = new(inputs[3], inputs[4], inputs[5], neurons);
        Neurons.Forward(pool, null, inputs[0], inputs[1], inputs[2], &block, 1, rows, hidden, result);
    };

    private static ForwardKernel Linear(int rows, int hidden, int neurons) => (pool, inputs, result, _) =>
    {
        NeuronPointers block = new(inputs[3], null, inputs[4], neurons);
        Neurons.Forward(pool, null, inputs[0], inputs[1], inputs[2], &block, 1, rows, hidden, result);
    };

    private static double[] SparseReference(double[][] inputs, int hidden)
    {
        double[][] keys = [.. inputs[3].Chunk(hidden)], values = [.. inputs[5].Chunk(hidden)];
        return [.. inputs[0].Chunk(hidden).SelectMany(row =>
        {
            double[] standard = [.. row.Select((value, i) => (value - inputs[1][i]) / inputs[2][i])];
            double norm = Math.Sqrt(standard.Sum(value => value * value));
            double[] sum = new double[hidden];
            for (int neuron = 0; neuron < keys.Length; neuron++)
            {
                double cosine = standard.Zip(keys[neuron], (a, b) => a * b).Sum() / norm;
                double activation = Math.Max(cosine - inputs[4][neuron], 0) / (1 - inputs[4][neuron]);
                sum = [.. sum.Zip(values[neuron], (a, b) => a + (activation * b))];
            }

            return sum;
        })];
    }

    private static double[] LinearReference(double[][] inputs, int hidden)
    {
        double[][] keys = [.. inputs[3].Chunk(hidden)], values = [.. inputs[4].Chunk(hidden)];
        return [.. inputs[0].Chunk(hidden).SelectMany(row => Enumerable.Range(0, hidden).Select(i =>
            keys.Select((key, neuron) => row.Zip(key, (a, b) => a * b).Sum() * values[neuron][i]).Sum()))];
    }
}
