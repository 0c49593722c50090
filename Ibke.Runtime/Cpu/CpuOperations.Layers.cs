using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>Linear layers and norms.</content>
internal sealed unsafe partial class CpuOperations
{
    /// <inheritdoc/>
    public override CpuTensor Linear(Tensor x, Tensor weight, Tensor? bias = null)
    {
        Require(weight.Shape.Rank == 2 && weight.Shape.Columns == x.Shape.Columns, "x [rows, in] and weight [out, in] must have the same in", x, weight);
        (int outputs, int inputs) = (weight.Shape[0], weight.Shape[1]);
        Require(bias is null || bias.Shape.Count == outputs, "bias must have one value for each row of weight", weight, bias);
        CpuTensor w = Own(weight);
        using TensorReading xs = Read(x);
        using TensorReading biases = Read(bias);
        CpuTensor y = Allocate(WithColumns(x.Shape, outputs));
        using TensorReading ys = Read(y);
        CpuStorage stored = w.Hold();
        try
        {
            // Without inputs x has no rows by its shape, but y still has.
            Cpu.Linear.Forward(workers, memory, xs.Values, stored, w.ElementType, biases.Values, y.Shape.Rows, inputs, outputs, ys.Values);
        }
        finally
        {
            stored.Release();
        }

        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor RmsNorm(Tensor x, Tensor weight, float epsilon, bool plusOne = false)
    {
        Require(weight.Shape.Count == x.Shape.Columns, "weight must have one value for each column of x", x, weight);
        using TensorReading xs = Read(x);
        using TensorReading ws = Read(weight);
        CpuTensor y = Allocate(x.Shape);
        using TensorReading ys = Read(y);
        Cpu.RmsNorm.Forward(workers, xs.Values, ws.Values, x.Shape.Rows, x.Shape.Columns, epsilon, plusOne, ys.Values);
        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor LayerNorm(Tensor x, Tensor weight, Tensor? bias, float epsilon)
    {
        Require(weight.Shape.Count == x.Shape.Columns, "weight must have one value for each column of x", x, weight);
        Require(bias is null || bias.Shape.Count == x.Shape.Columns, "bias must have one value for each column of x", x, bias);
        using TensorReading xs = Read(x);
        using TensorReading ws = Read(weight);
        using TensorReading biases = Read(bias);
        CpuTensor y = Allocate(x.Shape);
        using TensorReading ys = Read(y);
        Cpu.LayerNorm.Forward(workers, xs.Values, ws.Values, biases.Values, x.Shape.Rows, x.Shape.Columns, epsilon, ys.Values);
        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor NormalizeRows(Tensor x)
    {
        using TensorReading xs = Read(x);
        CpuTensor y = Allocate(x.Shape);
        using TensorReading ys = Read(y);
        Cpu.NormalizeRows.Forward(workers, xs.Values, x.Shape.Rows, x.Shape.Columns, ys.Values);
        return y;
    }
}
