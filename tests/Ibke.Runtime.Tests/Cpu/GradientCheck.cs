using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Cpu;

/// <summary>Compares the gradients of a tape with central differences of the loss Σ result · random weights.</summary>
internal static class GradientCheck
{
    private const float Step = 1f / 64;

    /// <summary>Checks the gradients for every input.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="shapes">The shapes of the inputs; their values are random in ±1.</param>
    /// <param name="operation">What is checked.</param>
    /// <param name="map">Turns the random values of an input into ones the operation is meant for.</param>
    public static void Run(
        CpuEngine engine, TensorShape[] shapes, Func<Operations, Tensor[], Tensor> operation, Func<int, float, float>? map = null)
    {
        Random random = new(7);
        float[][] inputs = [.. shapes.Select((shape, input) => Enumerable.Range(0, (int)shape.Count)
            .Select(_ => (float)(random.NextDouble() * 2 - 1)).Select(value => map?.Invoke(input, value) ?? value).ToArray())];
        float[] weights = [];
        Tensor[] tensors = Create(engine, shapes, inputs);
        using GradientTape tape = engine.Record();
        foreach (Tensor tensor in tensors)
        {
            tape.Watch(tensor);
        }

        FillIdleMemory(engine);
        Tensor result = operation(tape, tensors);
        weights = [.. Enumerable.Range(0, (int)result.Shape.Count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
        Tensor loss = WeightedSum(engine, tape, result, weights);
        result.Dispose();
        FillIdleMemory(engine);
        IReadOnlyList<Tensor> gradients = tape.Gradients(loss, tensors);

        for (int input = 0; input < inputs.Length; input++)
        {
            Assert.Equal(shapes[input], gradients[input].Shape);
            float[] gradient = gradients[input].ToArray();
            for (int i = 0; i < gradient.Length; i++)
            {
                double expected = (Loss(input, i, Step) - Loss(input, i, -Step)) / (2 * Step);
                double tolerance = 4e-3 * Math.Max(1, Math.Abs(expected));
                Assert.True(Math.Abs(expected - gradient[i]) <= tolerance, $"input {input} [{i}]: {gradient[i]}, by differences {expected}");
            }
        }

        double Loss(int input, int i, float step)
        {
            float kept = inputs[input][i];
            inputs[input][i] = kept + step;
            Tensor[] moved = Create(engine, shapes, inputs);
            inputs[input][i] = kept;
            float[] values = operation(engine.Operations, moved).ToArray();
            return values.Select((value, k) => (double)value * weights[k]).Sum();
        }
    }

    /// <summary>Σ x · weights as a tensor of one value.</summary>
    public static Tensor WeightedSum(CpuEngine engine, Operations operations, Tensor x, float[] weights)
    {
        using Tensor row = x.Reshape(new TensorShape(1, weights.Length));
        using Tensor factors = engine.Create(new TensorShape(1, weights.Length), weights);
        return operations.Linear(row, factors);
    }

    // What is not a number in the memory that is taken next: a gradient that reads what it should overwrite shows.
    private static unsafe void FillIdleMemory(CpuEngine engine)
    {
        const int Blocks = 16;
        for (int bytes = 256; bytes <= 4096; bytes += 64)
        {
            nint[] blocks = [.. Enumerable.Range(0, Blocks).Select(_ => Rent(engine, bytes))];
            Array.ForEach(blocks, block => engine.Memory.Return((byte*)block, bytes));
        }
    }

    private static unsafe nint Rent(CpuEngine engine, int bytes)
    {
        byte* block = engine.Memory.Rent(bytes);
        new Span<byte>(block, bytes).Fill(byte.MaxValue);
        return (nint)block;
    }

    private static Tensor[] Create(CpuEngine engine, TensorShape[] shapes, float[][] values) =>
        [.. shapes.Select((shape, i) => engine.Create(shape, values[i]))];
}
