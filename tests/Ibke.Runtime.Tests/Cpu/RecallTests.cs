using System.Numerics.Tensors;
using Ibke.Runtime.Cpu;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class RecallTests
{
    private const int First = 2; // neurons of the first of two blocks

    private static readonly MemoryPool _memory = new();

    [Fact]
    public void Forward_TwoNeuronsFire_TheNearerAnswersMore()
    {
        // Cosines 1, 0.8 and 0; with thresholds 0.5 the activations are 1, 0.6 and none; with γ = ln 4 / 0.4 they weigh 4 to 1.
        float[][] inputs = [[0.6f, 0.8f], [MathF.Log(4) / 0.4f], [0.6f, 0.8f, 0, 1, -0.8f, 0.6f], [0.5f, 0.5f, 0.5f], [10, 1, 100, 2, 7, 7]];

        KernelCheck.Forward(inputs, _ => [(0.8 * 10) + (0.2 * 0.6 * 100), 0.8 + (0.2 * 0.6 * 2)], Kernel(1, 2, 2, 3), 2e-6);
    }

    [Fact]
    public void Forward_OneNeuronFires_AnswersByItselfWhateverTheSharpness()
    {
        foreach (float sharpness in (float[])[0, 3, 1000])
        {
            float[][] inputs = [[1, 0], [sharpness], [0, 1, 1, 0], [0.1f, 0.2f], [5, 5, 3, -4]];

            KernelCheck.Forward(inputs, _ => [3, -4], Kernel(1, 2, 2, 2), 1e-6);
        }
    }

    [Fact]
    public void Forward_OutsideAllCones_IsExactlyZero() =>
        KernelCheck.Forward([[1, 0], [5], [0, 1, -1, 0], [0.1f, 0.1f], [5, 5, 5, 5]], _ => [0, 0], Kernel(1, 2, 2, 2), 0);

    [Theory]
    [InlineData(1, 4, 3, 3)]
    [InlineData(3, 5, 9, 4)]
    [InlineData(7, 64, 33, 13)]
    [InlineData(40, 33, 70, 30)]
    [InlineData(9, 16, 256, 300)]
    public void Forward_SomeSizes_AgreesWithReference(int rows, int keySize, int valueSize, int neurons) => KernelCheck.Forward(
        Inputs(rows, keySize, valueSize, neurons), inputs => Reference(inputs, keySize, valueSize), Kernel(rows, keySize, valueSize, neurons), 2e-5);

    [Theory]
    [InlineData(1, 4, 3, 3)]
    [InlineData(4, 9, 5, 5)]
    [InlineData(9, 12, 20, 11)]
    public void Backward_SomeSizes_AgreesWithDifferences(int rows, int keySize, int valueSize, int neurons) => KernelCheck.Backward(
        Inputs(rows, keySize, valueSize, neurons),
        [0, 1, 2, 3, 4],
        inputs => Reference(inputs, keySize, valueSize),
        (pool, inputs, gradient, gradients) =>
        {
            NeuronPointers* blocks = stackalloc NeuronPointers[2];
            Divide(inputs, keySize, valueSize, neurons, blocks);
            NeuronPointers* gradientBlocks = stackalloc NeuronPointers[2];
            Divide(gradients, keySize, valueSize, neurons, gradientBlocks);
            Recall.Backward(
                pool, _memory, inputs[0], *inputs[1], new RecalledNeurons(blocks, 2, keySize, valueSize), gradient, rows, gradients[0], gradients[1],
                [gradientBlocks[0], gradientBlocks[1]]);
        },
        2e-5);

    // Directions, sharpness, keys, thresholds, values. Keys lie near directions, so that some neurons answer.
    private static float[][] Inputs(int rows, int keySize, int valueSize, int neurons)
    {
        float[] directions = Units(KernelCheck.Values(rows * keySize, 1), keySize);
        float[] keys = KernelCheck.Values(neurons * keySize, 4, 0.6 / Math.Sqrt(keySize));
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] += directions[(i / keySize % rows * keySize) + (i % keySize)];
        }

        float[] thresholds = [.. Enumerable.Range(0, neurons).Select(neuron => 0.15f + (0.37f * neuron % 0.7f))];
        return [directions, [2.5f], Units(keys, keySize), thresholds, KernelCheck.Values(neurons * valueSize, 6)];
    }

    private static float[] Units(float[] rows, int size)
    {
        for (int at = 0; at < rows.Length; at += size)
        {
            Span<float> row = rows.AsSpan(at, size);
            TensorPrimitives.Divide(row, TensorPrimitives.Norm(row), row);
        }

        return rows;
    }

    private static double[] Reference(double[][] inputs, int keySize, int valueSize)
    {
        (double[] directions, double sharpness, double[] keys, double[] thresholds, double[] values) = (inputs[0], inputs[1][0], inputs[2], inputs[3], inputs[4]);
        double[] y = new double[directions.Length / keySize * valueSize];
        for (int row = 0; row < directions.Length / keySize; row++)
        {
            double[] active = new double[thresholds.Length];
            for (int neuron = 0; neuron < active.Length; neuron++)
            {
                double cosine = Enumerable.Range(0, keySize).Sum(i => directions[(row * keySize) + i] * keys[(neuron * keySize) + i]);
                active[neuron] = Math.Max(0, cosine - thresholds[neuron]) / (1 - thresholds[neuron]);
            }

            double total = active.Where(a => a > 0).Sum(a => Math.Exp(sharpness * a));
            for (int neuron = 0; neuron < active.Length; neuron++)
            {
                for (int i = 0; i < valueSize && active[neuron] > 0; i++)
                {
                    y[(row * valueSize) + i] += Math.Exp(sharpness * active[neuron]) / total * active[neuron] * values[(neuron * valueSize) + i];
                }
            }
        }

        return y;
    }

    private static ForwardKernel Kernel(int rows, int keySize, int valueSize, int neurons) => (pool, inputs, result, _) =>
    {
        NeuronPointers* blocks = stackalloc NeuronPointers[2];
        Divide(inputs, keySize, valueSize, neurons, blocks);
        Recall.Forward(pool, _memory, inputs[0], *inputs[1], new RecalledNeurons(blocks, 2, keySize, valueSize), rows, result);
    };

    private static void Divide(float*[] inputs, int keySize, int valueSize, int neurons, NeuronPointers* blocks)
    {
        blocks[0] = new NeuronPointers(inputs[2], inputs[3], inputs[4], First);
        blocks[1] = new NeuronPointers(
            After(inputs[2], First * keySize), After(inputs[3], First), After(inputs[4], First * valueSize), neurons - First);
    }

    // Null, for a gradient that is not asked for, stays null.
    private static float* After(float* start, int count) => start == null ? null : start + count;
}
