using System.Numerics.Tensors;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>Rows of a table by number: selecting them, and adding to them.</summary>
internal static unsafe class SelectedRows
{
    /// <summary>y[i] = table[ids[i]]. Overwrites the destination.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="table">[any, columns] as stored.</param>
    /// <param name="type">How the table is stored.</param>
    /// <param name="ids">[count].</param>
    /// <param name="count">The number of ids.</param>
    /// <param name="columns">Columns of the table.</param>
    /// <param name="destination">[count, columns].</param>
    public static void Select(WorkerPool pool, byte* table, ElementType type, int* ids, int count, int columns, float* destination)
    {
        var state = (table: (nint)table, type, ids: (nint)ids, columns, y: (nint)destination);
        pool.For(count, Cpu.Add.RowGrain(columns), state, static (s, from, to) =>
        {
            long rowBytes = (long)s.columns * s.type.Size();
            for (int i = from; i < to; i++)
            {
                byte* row = (byte*)s.table + ((int*)s.ids)[i] * rowBytes;
                ElementConversion.Widen(row, s.type, s.columns, (float*)s.y + (long)i * s.columns);
            }
        });
    }

    /// <summary>table[ids[i]] += x[i], in the order of i. The gradient of <see cref="Select"/>.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="x">[count, columns].</param>
    /// <param name="ids">[count].</param>
    /// <param name="count">The number of ids.</param>
    /// <param name="columns">Columns of both.</param>
    /// <param name="table">[any, columns]; null where nothing is wanted.</param>
    public static void Add(WorkerPool pool, float* x, int* ids, int count, int columns, float* table)
    {
        if (table == null)
        {
            return;
        }

        // Ids repeat, so threads share the columns rather than the rows.
        var state = (x: (nint)x, ids: (nint)ids, count, columns, y: (nint)table);
        pool.For(columns, Math.Max(64, (1 << 14) / Math.Max(1, count)), state, static (s, from, to) =>
        {
            for (int i = 0; i < s.count; i++)
            {
                Span<float> sum = new((float*)s.y + (long)((int*)s.ids)[i] * s.columns + from, to - from);
                TensorPrimitives.Add(sum, new ReadOnlySpan<float>((float*)s.x + (long)i * s.columns + from, to - from), sum);
            }
        });
    }
}
