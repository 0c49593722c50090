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

    /// <inheritdoc/>
    public override Tensor ScatterRows(
        IReadOnlyList<Tensor> parts, IReadOnlyList<Tensor> weights, IReadOnlyList<IReadOnlyList<int>> rows, int count)
    {
        CpuTensor y = operations.ScatterRows(parts, weights, rows, count);
        int[][] numbers = [.. rows.Select(list => list.ToArray())];
        int columns = y.Shape.Columns;
        return Record(y, [.. parts.Zip(weights, (part, weight) => (Operand[])[Values(part), Values(weight)]).SelectMany(both => both)], step =>
        {
            for (int p = 0; p < numbers.Length; p++)
            {
                fixed (int* pointer = numbers[p])
                {
                    WeightedRows.Backward(
                        step.Workers, step.Values(2 * p), step.Values(2 * p + 1), step.Upstream, pointer, numbers[p].Length, columns,
                        step.Gradient(2 * p), step.Gradient(2 * p + 1));
                }
            }
        });
    }

    /// <inheritdoc/>
    public override Tensor Transpose(Tensor x)
    {
        CpuTensor y = operations.Transpose(x);
        (int rows, int columns) = (x.Shape[0], x.Shape[1]);
        return Record(y, [Sizes(x)], step => Transposition.Backward(step.Workers, step.Upstream, rows, columns, step.Gradient(0)));
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
                SelectedRows.Add(step.Workers, step.Upstream, pointer, numbers.Length, columns, step.Gradient(0));
            }
        });
    }
}
