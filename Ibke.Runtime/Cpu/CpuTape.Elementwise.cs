using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>Operations that work element by element.</content>
internal sealed unsafe partial class CpuTape
{
    /// <inheritdoc/>
    public override Tensor Activate(Tensor x, Activation activation)
    {
        CpuTensor y = operations.Activate(x, activation);
        int count = (int)y.Shape.Count;
        return Record(y, [Values(x)], step =>
            Activations.Backward(step.Workers, step.Values(0), step.Upstream, count, activation, step.Gradient(0)));
    }

    /// <inheritdoc/>
    public override Tensor Gate(Tensor gate, Tensor up, Activation activation)
    {
        CpuTensor y = operations.Gate(gate, up, activation);
        int count = (int)y.Shape.Count;
        return Record(y, [Values(gate), Values(up)], step =>
        {
            GradientPlace ofGate = step.Place(0), ofUp = step.Place(1);
            Cpu.Gate.Backward(step.Workers, step.Values(0), step.Values(1), step.Upstream, count, activation, ofGate, ofUp);
        });
    }

    /// <inheritdoc/>
    public override Tensor Add(Tensor a, Tensor b)
    {
        CpuTensor y = operations.Add(a, b);
        Broadcast broadcast = CpuOperations.BroadcastOf(a, b, allowColumn: false);
        (int rows, int columns) = (y.Shape.Rows, y.Shape.Columns);
        return Record(y, [Sizes(a), Sizes(b)], step =>
        {
            step.PassOn(0);
            if (broadcast == Broadcast.None)
            {
                step.PassOn(1);
            }
            else if (step.Wants(1))
            {
                Cpu.Add.SumRows(step.Workers, step.Upstream, rows, columns, step.Gradient(1));
            }
        });
    }

    /// <inheritdoc/>
    public override Tensor Multiply(Tensor a, Tensor b)
    {
        CpuTensor y = operations.Multiply(a, b);
        Broadcast broadcast = CpuOperations.BroadcastOf(a, b, allowColumn: true);
        (int rows, int columns) = (y.Shape.Rows, y.Shape.Columns);
        return Record(y, [new Operand(a, Tracks(b)), new Operand(b, Tracks(a))], step => Cpu.Multiply.Backward(
            step.Workers, step.Values(0), step.Values(1), step.Upstream, rows, columns, broadcast, step.Gradient(0), step.Gradient(1)));
    }

    /// <inheritdoc/>
    public override Tensor Scale(Tensor x, float factor, float offset = 0)
    {
        CpuTensor y = operations.Scale(x, factor, offset);
        int count = (int)y.Shape.Count;
        return Record(y, [Sizes(x)], step => Cpu.Scale.Backward(step.Workers, step.Upstream, count, factor, step.Gradient(0)));
    }

    /// <inheritdoc/>
    public override Tensor SoftCap(Tensor x, float cap)
    {
        CpuTensor y = operations.SoftCap(x, cap);
        int count = (int)y.Shape.Count;
        return Record(y, [Values(x)], step =>
            Cpu.SoftCap.Backward(step.Workers, step.Values(0), step.Upstream, count, cap, step.Gradient(0)));
    }

    /// <inheritdoc/>
    public override Tensor Exp(Tensor x)
    {
        CpuTensor y = operations.Exp(x);
        int count = (int)y.Shape.Count;
        return Record(y, [Sizes(x), Values(y)], step => Exponential.Backward(step.Workers, step.Values(1), step.Upstream, count, step.Gradient(0)));
    }

    /// <inheritdoc/>
    public override Tensor Clamp(Tensor x, float low, float high)
    {
        CpuTensor y = operations.Clamp(x, low, high);
        int count = (int)y.Shape.Count;
        return Record(y, [Values(x)], step =>
            Cpu.Clamp.Backward(step.Workers, step.Values(0), step.Upstream, count, low, high, step.Gradient(0)));
    }
}
