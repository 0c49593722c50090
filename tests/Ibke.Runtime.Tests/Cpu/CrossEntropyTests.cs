using Ibke.Runtime.Cpu;

namespace Ibke.Runtime.Tests.Cpu;

public sealed unsafe class CrossEntropyTests
{
    [Fact]
    public void Forward_HandCalculated_SkipsNegativeTargets() => KernelCheck.Forward(
        [[0, MathF.Log(3), 100, -100, 5, 5]], _ => [(Math.Log(4 / 3.0) + Math.Log(2)) / 2], Kernel([1, -100, 0], 2), 1e-6);

    [Fact]
    public void Forward_LargeLogits_DoesNotOverflow() =>
        KernelCheck.Forward([[1e4f, -1e4f, 0, 3e4f]], _ => [((2e4 + 3e4) / 2)], Kernel([1, 0], 2), 1e-6);

    [Fact]
    public void Forward_AllLengths_AgreesWithReference()
    {
        for (int columns = 1; columns <= 130; columns++)
        {
            int[] targets = [0, columns - 1, -1, columns / 2];
            KernelCheck.Forward([KernelCheck.Values(4 * columns, columns, 6)], inputs => Reference(inputs[0], targets), Kernel(targets, columns), 1e-6);
        }
    }

    [Fact]
    public void Forward_Weights_GivesTheWeightedSum() => KernelCheck.Forward(
        [[0, MathF.Log(3), 100, -100, 5, 5]], _ => [(2 * Math.Log(4 / 3.0)) + (0.5 * Math.Log(2))], Kernel([1, -100, 0], 2, [2, 7, 0.5f]), 1e-6);

    [Fact]
    public void Forward_WeightZero_LeavesOutWhatIsNotFinite() => KernelCheck.Forward(
        [[float.NaN, 1, 0, 0]], _ => [3 * Math.Log(2)], Kernel([1, 0], 2, [0, 3]), 1e-6);

    [Fact]
    public void Rows_NegativeTarget_IsZero() => KernelCheck.Forward(
        [[0, MathF.Log(3), 100, -100, 5, 5]],
        _ => [Math.Log(4 / 3.0), 0, Math.Log(2)],
        (pool, inputs, result, _) =>
        {
            fixed (int* target = new[] { 1, -1, 0 })
            {
                CrossEntropy.Rows(pool, inputs[0], target, 3, 2, result);
            }
        },
        1e-6);

    [Theory]
    [InlineData(1, null)]
    [InlineData(9, null)]
    [InlineData(50, null)]
    [InlineData(9, new[] { 0.5f, 3, 2 })]
    [InlineData(50, new[] { 0, 3, 0.1f })]
    public void Backward_SomeSizes_AgreesWithDifferences(int columns, float[]? weights)
    {
        int[] targets = [columns - 1, -100, 0];
        KernelCheck.Backward(
            [KernelCheck.Values(3 * columns, 2)],
            [0],
            inputs => Reference(inputs[0], targets, weights),
            (pool, inputs, gradient, gradients) =>
            {
                fixed (int* target = targets)
                fixed (float* weight = weights)
                {
                    CrossEntropy.Backward(pool, inputs[0], target, weight, 3, columns, *gradient, gradients[0]);
                }
            },
            1e-6);
    }

    private static ForwardKernel Kernel(int[] targets, int columns, float[]? weights = null) => (pool, inputs, result, _) =>
    {
        fixed (int* target = targets)
        fixed (float* weight = weights)
        {
            CrossEntropy.Forward(pool, inputs[0], target, weight, targets.Length, columns, result);
        }
    };

    private static double[] Reference(double[] logits, int[] targets, float[]? weights = null)
    {
        double[][] rows = [.. logits.Chunk(logits.Length / targets.Length)];
        int counted = targets.Count(target => target >= 0);
        return [targets.Select((target, row) => (target, row)).Where(pair => pair.target >= 0)
            .Sum(pair => -Math.Log(SoftmaxTests.Row(rows[pair.row])[pair.target]) * (weights?[pair.row] ?? 1.0 / counted))];
    }
}
