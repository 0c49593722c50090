namespace Ibke.Runtime.Cpu;

/// <summary>The part of a matrix product that stays in registers, by instruction set.</summary>
/// <param name="Rows">Rows of a full tile.</param>
/// <param name="RestRows">Rows of the tiles that cover what full tiles leave; divides Rows.</param>
/// <param name="Columns">Columns of a tile: two vectors.</param>
internal readonly record struct TileShape(int Rows, int RestRows, int Columns)
{
    /// <summary>The tile that fills the registers: 24 sums of 16 lanes, 12 of 8 lanes, or 16 of one.</summary>
    public static TileShape Of(InstructionSet instructions) => instructions switch
    {
        InstructionSet.Vector512 => new(12, 4, 32),
        InstructionSet.Vector256 => new(6, 2, 16),
        _ => new(4, 4, 4),
    };

    /// <summary>Tiles that cover a number of rows: full ones, then smaller ones.</summary>
    public int TileCount(int rows) => rows / Rows + (rows % Rows + RestRows - 1) / RestRows;

    /// <summary>The first row of a tile.</summary>
    public int TileStart(int tile, int rows)
    {
        int full = rows / Rows;
        return tile <= full ? tile * Rows : full * Rows + (tile - full) * RestRows;
    }

    /// <summary>The rows a tile is computed with; the last may reach beyond the matrix.</summary>
    public int TileRows(int tile, int rows) => tile < rows / Rows ? Rows : RestRows;

    /// <summary>Rows with those that complete the last tile.</summary>
    public int PaddedRows(int rows) => TileStart(TileCount(rows), rows);

    /// <summary>Panels that cover a number of columns.</summary>
    public int PanelCount(int columns) => (columns + Columns - 1) / Columns;
}
