using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>Operations that work element by element.</content>
internal sealed unsafe partial class CpuOperations
{
    /// <inheritdoc/>
    public override CpuTensor Activate(Tensor x, Activation activation)
    {
        int count = Count(x);
        using TensorReading xs = Read(x);
        CpuTensor y = Allocate(x.Shape);
        using TensorReading ys = Read(y);
        Activations.Forward(workers, xs.Values, count, activation, ys.Values);
        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor Gate(Tensor gate, Tensor up, Activation activation)
    {
        Require(gate.Shape == up.Shape, "gate and up must have the same shape", gate, up);
        int count = Count(gate);
        using TensorReading gates = Read(gate);
        using TensorReading ups = Read(up);
        CpuTensor y = Allocate(gate.Shape);
        using TensorReading ys = Read(y);
        Cpu.Gate.Forward(workers, gates.Values, ups.Values, count, activation, ys.Values);
        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor Add(Tensor a, Tensor b)
    {
        Broadcast broadcast = BroadcastOf(a, b, allowColumn: false);
        using TensorReading first = Read(a);
        using TensorReading second = Read(b);
        CpuTensor y = Allocate(a.Shape);
        using TensorReading ys = Read(y);
        Cpu.Add.Forward(workers, first.Values, second.Values, a.Shape.Rows, a.Shape.Columns, broadcast, ys.Values);
        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor Multiply(Tensor a, Tensor b)
    {
        Broadcast broadcast = BroadcastOf(a, b, allowColumn: true);
        using TensorReading first = Read(a);
        using TensorReading second = Read(b);
        CpuTensor y = Allocate(a.Shape);
        using TensorReading ys = Read(y);
        Cpu.Multiply.Forward(workers, first.Values, second.Values, a.Shape.Rows, a.Shape.Columns, broadcast, ys.Values);
        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor Scale(Tensor x, float factor, float offset = 0)
    {
        int count = Count(x);
        using TensorReading xs = Read(x);
        CpuTensor y = Allocate(x.Shape);
        using TensorReading ys = Read(y);
        Cpu.Scale.Forward(workers, xs.Values, count, factor, offset, ys.Values);
        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor SoftCap(Tensor x, float cap)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cap);
        int count = Count(x);
        using TensorReading xs = Read(x);
        CpuTensor y = Allocate(x.Shape);
        using TensorReading ys = Read(y);
        Cpu.SoftCap.Forward(workers, xs.Values, count, cap, ys.Values);
        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor Exp(Tensor x)
    {
        int count = Count(x);
        using TensorReading xs = Read(x);
        CpuTensor y = Allocate(x.Shape);
        using TensorReading ys = Read(y);
        Exponential.Forward(workers, xs.Values, count, ys.Values);
        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor Clamp(Tensor x, float low, float high)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(low, high);
        int count = Count(x);
        using TensorReading xs = Read(x);
        CpuTensor y = Allocate(x.Shape);
        using TensorReading ys = Read(y);
        Cpu.Clamp.Forward(workers, xs.Values, count, low, high, ys.Values);
        return y;
    }

    /// <summary>How b covers a.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static Broadcast BroadcastOf(Tensor a, Tensor b, bool allowColumn, [CallerMemberName] string operation = "")
    {
        TensorShape shape = b.Shape;
        if (shape == a.Shape)
        {
            return Broadcast.None;
        }

        if (shape.Count == shape.Columns && shape.Columns == a.Shape.Columns)
        {
            return Broadcast.Row;
        }

        bool column = allowColumn && shape.Rank > 1 && shape.Columns == 1 && shape.Rows == a.Shape.Rows;
        string demand = allowColumn
            ? "the second must have the first's shape, or be one row or one column of it"
            : "the second must have the first's shape or be one row of it";
        Require(column, demand, a, b, operation);
        return Broadcast.Column;
    }
}
