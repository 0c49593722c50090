namespace Ibke.Runtime.Cpu;

/// <summary>Neighbouring columns that one thread sums over all rows, in the order of the rows: gradients of weights that every row shares.</summary>
internal static class ColumnGroups
{
    /// <summary>Columns in a group: four vectors of the widest lanes.</summary>
    public const int Size = 64;

    /// <summary>The number of groups that cover a row.</summary>
    public static int Count(int columns) => (columns + Size - 1) / Size;
}
