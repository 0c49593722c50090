using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class RotaryTests
{
    [Fact]
    public void Forward_QuarterTurn_IsHandCalculated()
    {
        RotaryFrequencies frequencies = new([(float)(Math.PI / 2)]);
        KernelCheck.Forward([[1, 2, 7, 1, 2, 7]], _ => [1, 2, 7, -2, 1, 7], Kernel([0, 1], 3, frequencies), 1e-6);
    }

    [Fact]
    public void Forward_Factor_ScalesPairsOnly()
    {
        RotaryFrequencies frequencies = new([0], factor: 1.5f);
        KernelCheck.Forward([[1, 2, 7]], _ => [1.5, 3, 7], Kernel([9], 3, frequencies), 1e-6);
    }

    [Theory]
    [InlineData(8, 4, false)]
    [InlineData(8, 4, true)]
    [InlineData(12, 3, false)]
    [InlineData(12, 3, true)]
    [InlineData(64, 32, false)]
    [InlineData(64, 32, true)]
    [InlineData(80, 20, false)]
    [InlineData(70, 19, true)]
    public void Forward_SomeSizes_AgreesWithReference(int headSize, int pairs, bool interleaved)
    {
        int[] positions = [0, 1, 5, 300, 2047];
        RotaryFrequencies frequencies = Frequencies(pairs, interleaved);
        float[] x = KernelCheck.Values(positions.Length * 3 * headSize, 1);
        KernelCheck.Forward([x], inputs => Reference(inputs[0], positions, headSize, frequencies), Kernel(positions, headSize, frequencies), 1e-6);
        KernelCheck.Backward(
            [x],
            [0],
            inputs => Reference(inputs[0], positions, headSize, frequencies),
            (pool, inputs, gradient, gradients) =>
            {
                fixed (int* position = positions)
                {
                    Rotary.Backward(pool, gradient, position, positions.Length, 3 * headSize, headSize, frequencies, gradients[0]);
                }
            },
            2e-6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forward_InPlace_IsTheSame(bool interleaved)
    {
        RotaryFrequencies frequencies = Frequencies(8, interleaved);
        float[] x = KernelCheck.Values(40, 4);
        using WorkerPool pool = new(1);
        using NativeValues place = new(x);
        int* positions = stackalloc int[2] { 3, 4 };
        Rotary.Forward(pool, place.Pointer, positions, 2, 20, 20, frequencies, place.Pointer);
        Assert.Equal(KernelCheck.Run(InstructionSets.Best, 1, [x], 40, Kernel([3, 4], 20, frequencies)), place.ToArray());
    }

    [Fact]
    public void Table_Grown_KeepsEarlierPositions()
    {
        RotaryFrequencies frequencies = Frequencies(4, false);
        RotaryTable small = RotaryTable.Get(frequencies, 10);
        RotaryTable large = RotaryTable.Get(frequencies, small.Positions + 1);
        Assert.True(large.Positions > small.Positions);
        Assert.True(new ReadOnlySpan<float>(small.Cosines, small.Positions * 4).SequenceEqual(new ReadOnlySpan<float>(large.Cosines, small.Positions * 4)));
        Assert.Same(large, RotaryTable.Get(frequencies, 3));
    }

    private static RotaryFrequencies Frequencies(int pairs, bool interleaved) =>
        new([.. Enumerable.Range(0, pairs).Select(i => (float)Math.Pow(10000, -(double)i / pairs))], 1.25f, interleaved);

    private static ForwardKernel Kernel(int[] positions, int headSize, RotaryFrequencies frequencies) => (pool, inputs, result, count) =>
    {
        fixed (int* position = positions)
        {
            Rotary.Forward(pool, inputs[0], position, positions.Length, count / positions.Length, headSize, frequencies, result);
        }
    };

    private static double[] Reference(double[] x, int[] positions, int headSize, RotaryFrequencies frequencies)
    {
        double[] y = [.. x];
        int pairs = frequencies.InverseFrequencies.Count;
        for (int head = 0; head < x.Length / headSize; head++)
        {
            int position = positions[head * positions.Length / (x.Length / headSize)];
            for (int i = 0; i < pairs; i++)
            {
                int a = (head * headSize) + (frequencies.Interleaved ? 2 * i : i);
                int b = (head * headSize) + (frequencies.Interleaved ? (2 * i) + 1 : i + pairs);
                (double sine, double cosine) = Math.SinCos(position * (double)frequencies.InverseFrequencies[i]);
                y[a] = frequencies.Factor * ((x[a] * cosine) - (x[b] * sine));
                y[b] = frequencies.Factor * ((x[b] * cosine) + (x[a] * sine));
            }
        }

        return y;
    }
}
