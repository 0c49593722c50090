using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>Operations that select and join rows and columns.</content>
internal sealed unsafe partial class CpuOperations
{
    /// <inheritdoc/>
    public override CpuTensor Embedding(Tensor table, IReadOnlyList<int> ids) => SelectRows(table, ids);

    /// <inheritdoc/>
    public override CpuTensor Rows(Tensor x, IReadOnlyList<int> rows) => SelectRows(x, rows);

    /// <inheritdoc/>
    public override CpuTensor Columns(Tensor x, int start, int count)
    {
        int columns = x.Shape.Columns;
        Require(start >= 0 && count > 0 && start <= columns - count, $"columns {start} to {(long)start + count} must be within the last dimension", x);
        using TensorReading xs = Read(x);
        CpuTensor y = Allocate(WithColumns(x.Shape, count));
        using TensorReading ys = Read(y);
        Cpu.Columns.Forward(workers, xs.Values + start, columns, x.Shape.Rows, count, ys.Values, count);
        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor Concatenate(Tensor left, Tensor right)
    {
        Require(SameButColumns(left.Shape, right.Shape), "both must agree in all dimensions but the last", left, right);
        (int leftColumns, int rightColumns) = (left.Shape.Columns, right.Shape.Columns);
        using TensorReading lefts = Read(left);
        using TensorReading rights = Read(right);
        CpuTensor y = Allocate(WithColumns(left.Shape, checked(leftColumns + rightColumns)));
        using TensorReading ys = Read(y);
        int columns = leftColumns + rightColumns;
        Cpu.Columns.Forward(workers, lefts.Values, leftColumns, left.Shape.Rows, leftColumns, ys.Values, columns);
        Cpu.Columns.Forward(workers, rights.Values, rightColumns, left.Shape.Rows, rightColumns, ys.Values + leftColumns, columns);
        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor ScatterRows(
        IReadOnlyList<Tensor> parts, IReadOnlyList<Tensor> weights, IReadOnlyList<IReadOnlyList<int>> rows, int count)
    {
        RequireParts(parts, weights, rows, count);
        int columns = parts[0].Shape.Columns;
        CpuTensor y = Zeros(new TensorShape(count, columns));
        using TensorReading ys = Read(y);
        for (int p = 0; p < parts.Count; p++)
        {
            int[] numbers = [.. rows[p]];
            using TensorReading part = Read(parts[p]);
            using TensorReading weight = Read(weights[p]);
            fixed (int* pointer = numbers)
            {
                WeightedRows.Scatter(workers, part.Values, weight.Values, pointer, numbers.Length, columns, ys.Values);
            }
        }

        return y;
    }

    /// <inheritdoc/>
    public override CpuTensor Transpose(Tensor x)
    {
        Require(x.Shape.Rank == 2, "x must have two dimensions", x);
        using TensorReading xs = Read(x);
        CpuTensor y = Allocate(new TensorShape(x.Shape[1], x.Shape[0]));
        using TensorReading ys = Read(y);
        Transposition.Forward(workers, xs.Values, x.Shape[0], x.Shape[1], ys.Values);
        return y;
    }

    /// <inheritdoc/>
    public override int[] ArgMax(Tensor x)
    {
        Require(x.Shape.Columns > 0, "rows must have values", x);
        using TensorReading xs = Read(x);
        int[] indices = new int[x.Shape.Rows];
        fixed (int* destination = indices)
        {
            Cpu.ArgMax.Forward(workers, xs.Values, indices.Length, x.Shape.Columns, destination);
        }

        return indices;
    }

    private CpuTensor SelectRows(Tensor table, IReadOnlyList<int> ids, [CallerMemberName] string operation = "")
    {
        ArgumentNullException.ThrowIfNull(ids);
        int rows = table.Shape.Rows;
        int[] numbers = [.. ids];
        RequireRows(numbers, rows, operation);

        CpuTensor own = OwnValues(table, operation);
        CpuTensor y = Allocate(new TensorShape(numbers.Length, table.Shape.Columns));
        using TensorReading ys = Read(y);
        CpuStorage stored = own.Hold();
        try
        {
            fixed (int* pointer = numbers)
            {
                SelectedRows.Select(
                    workers, stored.Pointer, own.ElementType, pointer, numbers.Length, table.Shape.Columns, ys.Values);
            }
        }
        finally
        {
            stored.Release();
        }

        return y;
    }

    private static void RequireParts(
        IReadOnlyList<Tensor> parts, IReadOnlyList<Tensor> weights, IReadOnlyList<IReadOnlyList<int>> rows, int count)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(rows);
        if (parts.Count == 0 || parts.Count != weights.Count || parts.Count != rows.Count)
        {
            throw new ArgumentException(
                $"ScatterRows: {parts.Count} parts, {weights.Count} weights and {rows.Count} lists of rows; there must be as many of each, at least one.",
                nameof(parts));
        }

        for (int p = 0; p < parts.Count; p++)
        {
            const string Operation = nameof(ScatterRows);
            Require(parts[p].Shape.Columns == parts[0].Shape.Columns, "all parts must have as many columns", parts[0], parts[p], Operation);
            Require(parts[p].Shape.Rows == rows[p].Count, $"{rows[p].Count} row numbers are not those of part {p}", parts[p], null, Operation);
            RequireRows(rows[p], count, Operation);
            Require(weights[p].Shape.Count == parts[p].Shape.Rows, "a part must have a weight for each row", parts[p], weights[p], Operation);
        }
    }

    private static void RequireRows(IReadOnlyList<int> numbers, int rows, [CallerMemberName] string operation = "")
    {
        for (int i = 0; i < numbers.Count; i++)
        {
            if ((uint)numbers[i] >= (uint)rows)
            {
                throw new ArgumentOutOfRangeException(nameof(numbers), numbers[i], $"{operation}: there are rows 0 to {rows - 1}.");
            }
        }
    }

    private static bool SameButColumns(TensorShape a, TensorShape b) =>
        a.Rank > 0 && a.Rank == b.Rank && a.Rows == b.Rows && WithColumns(a, 1) == WithColumns(b, 1);
}
