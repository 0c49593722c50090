namespace Ibke.Runtime.Cpu;

/// <summary>The rows of one sequence that attend.</summary>
/// <param name="Rows">Query rows; the last is at position Positions − 1.</param>
/// <param name="Positions">Positions that have keys and values.</param>
internal readonly record struct AttentionRows(int Rows, int Positions);
