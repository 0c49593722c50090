using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class CausalAttentionTests
{
    [Fact]
    public void Forward_TwoPositions_IsHandCalculated()
    {
        // The second query scores 0 and ln 3: weights 1/4 and 3/4.
        AttentionShape shape = new(1, 1, 2, 0.5f);
        float[][] inputs = [[5, 5, 2, 0], [0, 7, MathF.Log(3), 1], [4, 8, 0, 16]];
        KernelCheck.Forward(inputs, _ => [4, 8, 1, 14], Kernel(shape, 2, 2), 1e-6);
    }

    [Fact]
    public void Forward_WindowOfOne_IsTheOwnValue() => KernelCheck.Forward(
        [[1, 2, 3], [4, 5, 6], [7, 8, 9]], _ => [7, 8, 9], Kernel(new(1, 1, 1, 1, Window: 1), 3, 3), 0);

    [Fact]
    public void Forward_HugeScores_DoesNotOverflow() => KernelCheck.Forward(
        [[0, 1e18f], [1e18f, -1e18f], [3, 4]], _ => [3, 3], Kernel(new(1, 1, 1, 1), 2, 2), 0);

    [Theory]
    [InlineData(1, 1, 4, 5, 5, null, null)]
    [InlineData(4, 2, 12, 9, 9, 3, null)]
    [InlineData(4, 2, 12, 9, 9, null, 2f)]
    [InlineData(6, 2, 8, 70, 70, null, null)]
    [InlineData(6, 1, 20, 130, 130, 40, 1.5f)]
    [InlineData(3, 3, 64, 65, 65, null, null)]
    [InlineData(4, 2, 80, 5, 200, null, null)]
    [InlineData(4, 2, 16, 1, 193, 65, null)]
    [InlineData(8, 1, 33, 1, 64, null, 3f)]
    [InlineData(20, 1, 7, 2, 129, 64, null)]
    public void Forward_SomeShapes_AgreesWithReference(int heads, int keyValueHeads, int headSize, int rows, int positions, int? window, float? cap)
    {
        AttentionShape shape = new(heads, keyValueHeads, headSize, 1 / MathF.Sqrt(headSize), window, cap);
        KernelCheck.Forward(Inputs(shape, rows, positions), inputs => Reference(inputs, shape, rows, positions), Kernel(shape, rows, positions), 2e-6);
    }

    [Theory]
    [InlineData(1, 1, 3, 4, 4, null, null)]
    [InlineData(4, 2, 5, 9, 9, 3, null)]
    [InlineData(4, 2, 5, 9, 9, null, 2f)]
    [InlineData(4, 1, 3, 70, 70, null, null)]
    [InlineData(2, 1, 2, 67, 67, 20, 1.5f)]
    [InlineData(2, 2, 17, 3, 12, null, null)]
    [InlineData(2, 1, 3, 2, 70, 5, null)]
    public void Backward_SomeShapes_AgreesWithDifferences(int heads, int keyValueHeads, int headSize, int rows, int positions, int? window, float? cap)
    {
        AttentionShape shape = new(heads, keyValueHeads, headSize, 1 / MathF.Sqrt(headSize), window, cap);
        KernelCheck.Backward(
            Inputs(shape, rows, positions),
            [0, 1, 2],
            inputs => Reference(inputs, shape, rows, positions),
            (pool, inputs, gradient, gradients) => CausalAttention.Backward(
                pool, inputs[0], inputs[1], inputs[2], gradient, [new(rows, positions)], shape, gradients[0], gradients[1], gradients[2]),
            5e-6);
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(7, null)]
    [InlineData(64, null)]
    [InlineData(100, null)]
    [InlineData(1, 50)]
    [InlineData(7, 3)]
    public void Forward_InChunksThroughTheCache_IsTheSameBits(int chunk, int? window)
    {
        const int Positions = 150;
        AttentionShape shape = new(6, 2, 20, 0.25f, window, 4);
        float[][] inputs = Inputs(shape, Positions, Positions);
        foreach (InstructionSet set in KernelCheck.InstructionSets)
        {
            float[] whole = KernelCheck.Run(set, 1, inputs, inputs[0].Length, Kernel(shape, Positions, Positions));
            Assert.Equal(whole, InChunks(set, inputs, shape, Positions, chunk));
        }
    }

    [Fact]
    public void Store_OverTruncatedPositions_ReplacesThem()
    {
        AttentionShape shape = new(2, 1, 4, 0.5f);
        float[][] inputs = Inputs(shape, 70, 70);
        float[] expected = KernelCheck.Run(InstructionSets.Best, 1, inputs, inputs[0].Length, Kernel(shape, 70, 70));
        using WorkerPool pool = new(1);
        using KeyValueBlocks blocks = new(2, 4);
        using NativeValues q = new(inputs[0]), k = new(inputs[1]), v = new(inputs[2]), result = new(inputs[0].Length);
        KeyValueBlock.Store(v.Pointer, k.Pointer, 70, 0, 1, 4, blocks.Pointer);
        KeyValueBlock.Store(k.Pointer, v.Pointer, 70, 0, 1, 4, blocks.Pointer);
        CausalAttention.Forward(pool, q.Pointer, blocks.Pointer, [new(70, 70)], shape, result.Pointer);
        Assert.Equal(expected, result.ToArray());
    }

    [Fact]
    public void Backward_SeveralSequences_AreTheBitsOfEachAlone()
    {
        AttentionShape shape = new(4, 2, 12, 0.3f, 40, 3);
        int[] lengths = [3, 130, 1, 17, 64, 5];
        int width = shape.Heads * shape.HeadSize, keyWidth = shape.KeyValueHeads * shape.HeadSize, rows = lengths.Sum();
        float[][] inputs = Inputs(shape, rows, rows);
        float[] upstream = KernelCheck.Values(rows * width, 5);
        AttentionRows[] sequences = [.. lengths.Select(length => new AttentionRows(length, length))];
        float[][] together = Gradients(inputs, upstream, sequences, overwrite: true);
        float[][] added = Gradients(inputs, upstream, sequences, overwrite: false);
        for (int i = 0, start = 0; i < lengths.Length; start += lengths[i], i++)
        {
            float[] Part(float[] all, int columns) => all[(start * columns)..((start + lengths[i]) * columns)];
            float[][] alone = Gradients(
                [Part(inputs[0], width), Part(inputs[1], keyWidth), Part(inputs[2], keyWidth)], Part(upstream, width), [sequences[i]], overwrite: false);
            Assert.Equal(alone[0], Part(together[0], width));
            Assert.Equal(alone[1], Part(together[1], keyWidth));
            Assert.Equal(alone[2], Part(together[2], keyWidth));
        }

        Assert.Equal(added, together);
    }

    private static float[][] Gradients(float[][] inputs, float[] upstream, AttentionRows[] sequences, bool overwrite)
    {
        AttentionShape shape = new(4, 2, 12, 0.3f, 40, 3);
        using WorkerPool pool = new(2);
        using NativeValues q = new(inputs[0]), k = new(inputs[1]), v = new(inputs[2]), gradient = new(upstream);
        float start = overwrite ? float.NaN : 0;
        using NativeValues ofQ = new(inputs[0].Length, start), ofK = new(inputs[1].Length, start), ofV = new(inputs[2].Length, start);
        CausalAttention.Backward(
            pool, q.Pointer, k.Pointer, v.Pointer, gradient.Pointer, sequences, shape,
            new(ofQ.Pointer, !overwrite), new(ofK.Pointer, !overwrite), new(ofV.Pointer, !overwrite));
        return [ofQ.ToArray(), ofK.ToArray(), ofV.ToArray()];
    }

    private static float[] InChunks(InstructionSet set, float[][] inputs, AttentionShape shape, int positions, int chunk)
    {
        int width = shape.Heads * shape.HeadSize, keyWidth = shape.KeyValueHeads * shape.HeadSize;
        using WorkerPool pool = new(2, set);
        using KeyValueBlocks blocks = new(KeyValueBlock.Count(positions), keyWidth);
        using NativeValues q = new(inputs[0]), k = new(inputs[1]), v = new(inputs[2]), result = new(positions * width);
        for (int from = 0; from < positions; from += chunk)
        {
            int count = Math.Min(chunk, positions - from);
            KeyValueBlock.Store(
                k.Pointer + (from * keyWidth), v.Pointer + (from * keyWidth), count, from, shape.KeyValueHeads, shape.HeadSize, blocks.Pointer);
            CausalAttention.Forward(pool, q.Pointer + (from * width), blocks.Pointer, [new(count, from + count)], shape, result.Pointer + (from * width));
        }

        return result.ToArray();
    }

    private static float[][] Inputs(AttentionShape shape, int rows, int positions) =>
    [
        KernelCheck.Values(rows * shape.Heads * shape.HeadSize, 1),
        KernelCheck.Values(positions * shape.KeyValueHeads * shape.HeadSize, 2),
        KernelCheck.Values(positions * shape.KeyValueHeads * shape.HeadSize, 3),
    ];

    private static ForwardKernel Kernel(AttentionShape shape, int rows, int positions) => (pool, inputs, result, _) =>
        PlainAttention.Forward(pool, inputs[0], inputs[1], inputs[2], rows, positions, shape, result);

    private static double[] Reference(double[][] inputs, AttentionShape shape, int rows, int positions)
    {
        int size = shape.HeadSize;
        double[] result = new double[rows * shape.Heads * size];
        for (int row = 0; row < rows; row++)
        {
            int last = positions - rows + row;
            int first = Math.Max(0, last - (shape.Window ?? positions) + 1);
            for (int head = 0; head < shape.Heads; head++)
            {
                int query = ((row * shape.Heads) + head) * size;
                int Key(int position) => ((position * shape.KeyValueHeads) + (head / (shape.Heads / shape.KeyValueHeads))) * size;
                double[] weights = SoftmaxTests.Row([.. Enumerable.Range(first, last - first + 1).Select(position =>
                {
                    double score = 0;
                    for (int i = 0; i < size; i++)
                    {
                        score += inputs[0][query + i] * inputs[1][Key(position) + i] * shape.Scale;
                    }

                    return shape.SoftCap is { } cap ? cap * Math.Tanh(score / cap) : score;
                })]);
                for (int j = 0; j < weights.Length; j++)
                {
                    for (int i = 0; i < size; i++)
                    {
                        result[query + i] += weights[j] * inputs[2][Key(first + j) + i];
                    }
                }
            }
        }

        return result;
    }
}
