using Ibke.Runtime.Cpu;

namespace Ibke.Runtime.Tests.Cpu;

/// <summary>Writes an operation's result of so many values.</summary>
internal unsafe delegate void ForwardKernel(WorkerPool pool, float*[] inputs, float* result, int count);

/// <summary>Adds an operation's gradients.</summary>
internal unsafe delegate void BackwardKernel(WorkerPool pool, float*[] inputs, float* gradient, float*[] inputGradients);

/// <summary>An operation written plainly in double precision.</summary>
internal delegate double[] Reference(double[][] inputs);

/// <summary>
/// Holds a kernel against a plain double-precision reference: its result, and its gradients against the reference's central differences;
/// with every instruction set, and with one and three threads, whose results must be the same bits.
/// </summary>
internal static unsafe class KernelCheck
{
    private const double Step = 1e-5;

    public static IEnumerable<InstructionSet> InstructionSets => Enum.GetValues<InstructionSet>();

    /// <summary>Values that look random and are the same in every run, spread over −scale … scale.</summary>
    public static float[] Values(int count, int seed, double scale = 2)
    {
        Random random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)(((random.NextDouble() * 2) - 1) * scale);
        }

        return values;
    }

    public static void Forward(float[][] inputs, Reference reference, ForwardKernel kernel, double tolerance)
    {
        double[] expected = reference(Widen(inputs));
        foreach (InstructionSet set in InstructionSets)
        {
            float[] serial = Run(set, 1, inputs, expected.Length, kernel);
            Close(expected, serial, tolerance, $"{set}");
            Assert.Equal(serial, Run(set, 3, inputs, expected.Length, kernel));
        }
    }

    /// <param name="inputs">The inputs.</param>
    /// <param name="differentiable">Which of them have gradients.</param>
    /// <param name="reference">The operation.</param>
    /// <param name="kernel">Its gradients.</param>
    /// <param name="tolerance">See <see cref="Close"/>.</param>
    public static void Backward(float[][] inputs, int[] differentiable, Reference reference, BackwardKernel kernel, double tolerance)
    {
        int resultLength = reference(Widen(inputs)).Length;
        float[] gradient = Values(resultLength, 99, 1);
        double[]?[] expected = new double[inputs.Length][];
        foreach (int input in differentiable)
        {
            expected[input] = Differences(inputs, input, gradient, reference);
        }

        foreach (InstructionSet set in InstructionSets)
        {
            float[]?[] serial = RunBackward(set, 1, inputs, differentiable, gradient, kernel);
            float[]?[] parallel = RunBackward(set, 3, inputs, differentiable, gradient, kernel);
            foreach (int input in differentiable)
            {
                // The destinations held 0.5 before: gradients are added.
                Close([.. expected[input]!.Select(value => value + 0.5)], serial[input]!, tolerance, $"{set}, gradient of input {input}");
                Assert.Equal(serial[input], parallel[input]);

                // Alone, with the other destinations null, each gradient is the same.
                Assert.Equal(serial[input], RunBackward(set, 1, inputs, [input], gradient, kernel)[input]);
            }
        }
    }

    /// <summary>Each value within tolerance, or within tolerance times its own size where that is more.</summary>
    public static void Close(double[] expected, float[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = expected[i].Equals((double)actual[i]) || expected[i] == actual[i];
            if (!same && !(Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]))))
            {
                Assert.Fail($"{what}: value {i} is {actual[i]:g9}, expected {expected[i]:g9}.");
            }
        }
    }

    public static double[][] Widen(float[][] inputs) => [.. inputs.Select(input => input.Select(value => (double)value).ToArray())];

    public static float[] Run(InstructionSet set, int threads, float[][] inputs, int resultLength, ForwardKernel kernel)
    {
        using WorkerPool pool = new(threads, set);
        NativeValues[] memory = [.. inputs.Select(input => new NativeValues(input))];
        using NativeValues result = new(resultLength, float.NaN);
        kernel(pool, Pointers(memory), result.Pointer, resultLength);
        for (int i = 0; i < inputs.Length; i++)
        {
            Assert.Equal(inputs[i], memory[i].ToArray());
            memory[i].Dispose();
        }

        return result.ToArray();
    }

    private static float[]?[] RunBackward(
        InstructionSet set, int threads, float[][] inputs, int[] wanted, float[] gradient, BackwardKernel kernel)
    {
        using WorkerPool pool = new(threads, set);
        NativeValues[] memory = [.. inputs.Select(input => new NativeValues(input))];
        using NativeValues upstream = new(gradient);
        NativeValues?[] gradients = [.. inputs.Select((input, i) => wanted.Contains(i) ? new NativeValues(input.Length, 0.5f) : null)];
        kernel(pool, Pointers(memory), upstream.Pointer, Pointers(gradients));
        float[]?[] results = [.. gradients.Select(values => values?.ToArray())];
        foreach (NativeValues? values in memory.Concat(gradients))
        {
            values?.Dispose();
        }

        return results;
    }

    private static float*[] Pointers(NativeValues?[] memory)
    {
        float*[] pointers = new float*[memory.Length];
        for (int i = 0; i < memory.Length; i++)
        {
            pointers[i] = memory[i] is { } values ? values.Pointer : null;
        }

        return pointers;
    }

    private static double[] Differences(float[][] inputs, int input, float[] gradient, Reference reference)
    {
        double[][] point = Widen(inputs);
        double[] slopes = new double[point[input].Length];
        for (int i = 0; i < slopes.Length; i++)
        {
            double middle = point[input][i];
            point[input][i] = middle + Step;
            double[] above = reference(point);
            point[input][i] = middle - Step;
            double[] below = reference(point);
            point[input][i] = middle;
            for (int j = 0; j < above.Length; j++)
            {
                slopes[i] += gradient[j] * (above[j] - below[j]) / (2 * Step);
            }
        }

        return slopes;
    }
}
