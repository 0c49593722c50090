using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>Linear layers and norms.</content>
internal sealed unsafe partial class CpuTape
{
    /// <inheritdoc/>
    public override Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null)
    {
        CpuTensor y = operations.Linear(x, weight, bias);
        (int rows, int inputs, int outputs) = (y.Shape.Rows, weight.Shape[1], weight.Shape[0]);
        ElementType type = weight.ElementType;

        // Each is kept only for the gradient of the other.
        (Operand first, Operand second) = (new(x, Tracks(weight)), new(weight, Tracks(x)));
        ReadOnlySpan<Operand> operands = bias is null ? [first, second] : [first, second, Sizes(bias)];
        bool biased = bias is not null;
        return Record(y, operands, step =>
        {
            CpuStorage? stored = step.Wants(0) ? step.Stored(1) : null;
            Cpu.Linear.Backward(
                step.Workers, step.Operations.Memory, step.Values(0), stored, type, step.Upstream, rows, inputs, outputs,
                step.Place(0), step.Gradient(1), biased ? step.Gradient(2) : null);
        });
    }

    /// <inheritdoc/>
    public override Tensor RmsNorm(Tensor x, Tensor weight, float epsilon, bool plusOne = false)
    {
        CpuTensor y = operations.RmsNorm(x, weight, epsilon, plusOne);
        (int rows, int columns) = (y.Shape.Rows, y.Shape.Columns);
        return Record(y, [Values(x), Values(weight)], step => Cpu.RmsNorm.Backward(
            step.Workers, step.Values(0), step.Values(1), step.Upstream, rows, columns, epsilon, plusOne, step.Gradient(0), step.Gradient(1)));
    }

    /// <inheritdoc/>
    public override Tensor LayerNorm(Tensor x, Tensor weight, Tensor? bias, float epsilon)
    {
        CpuTensor y = operations.LayerNorm(x, weight, bias, epsilon);
        (int rows, int columns) = (y.Shape.Rows, y.Shape.Columns);
        bool biased = bias is not null;
        ReadOnlySpan<Operand> operands = bias is null ? [Values(x), Values(weight)] : [Values(x), Values(weight), Sizes(bias)];
        return Record(y, operands, step => Cpu.LayerNorm.Backward(
            step.Workers, step.Values(0), step.Values(1), step.Upstream, rows, columns, epsilon,
            step.Gradient(0), step.Gradient(1), biased ? step.Gradient(2) : null));
    }

    /// <inheritdoc/>
    public override Tensor NormalizeRows(Tensor x)
    {
        CpuTensor y = operations.NormalizeRows(x);
        (int rows, int columns) = (y.Shape.Rows, y.Shape.Columns);
        return Record(y, [Values(x)], step =>
            Cpu.NormalizeRows.Backward(step.Workers, step.Values(0), step.Upstream, rows, columns, step.Gradient(0)));
    }
}
