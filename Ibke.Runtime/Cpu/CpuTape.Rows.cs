using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>Operations that select and join rows and columns.</content>
internal sealed unsafe partial class CpuTape
{
    /// <inheritdoc/>
    public override Tensor Embedding(Tensor table, IReadOnlyList<int> ids) => RecordRows(operations.Embedding(table, ids), table, ids);

    /// <inheritdoc/>
    public override Tensor Rows(Tensor x, IReadOnlyList<int> rows) => RecordRows(operations.Rows(x, rows), x, rows);

    /// <inheritdoc/>
    public override Tensor Columns(Tensor x, int start, int count)
    {
        CpuTensor y = operations.Columns(x, start, count);
        (int rows, int columns) = (y.Shape.Rows, x.Shape.Columns);
        return Record(y, [Sizes(x)], step =>
            Cpu.Columns.Backward(step.Workers, step.Upstream, count, rows, count, step.Gradient(0) + start, columns));
    }

    /// <inheritdoc/>
    public override Tensor Concatenate(Tensor left, Tensor right)
    {
        CpuTensor y = operations.Concatenate(left, right);
        (int rows, int columns, int leftColumns, int rightColumns) = (y.Shape.Rows, y.Shape.Columns, left.Shape.Columns, right.Shape.Columns);
        return Record(y, [Sizes(left), Sizes(right)], step =>
        {
            Cpu.Columns.Backward(step.Workers, step.Upstream, columns, rows, leftColumns, step.Gradient(0), leftColumns);
            Cpu.Columns.Backward(step.Workers, step.Upstream + leftColumns, columns, rows, rightColumns, step.Gradient(1), rightColumns);
        });
    }

    private CpuTensor RecordRows(CpuTensor y, Tensor table, IReadOnlyList<int> ids)
    {
        if (!Tracks(table))
        {
            return y;
        }

        int[] numbers = [.. ids];
        int columns = y.Shape.Columns;
        return Record(y, [Sizes(table)], step =>
        {
            fixed (int* pointer = numbers)
            {
                Cpu.Embedding.Backward(step.Workers, step.Upstream, pointer, numbers.Length, columns, step.Gradient(0));
            }
        });
    }
}
