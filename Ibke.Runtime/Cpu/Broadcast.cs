namespace Ibke.Runtime.Cpu;

/// <summary>How the second operand of an elementwise operation covers the first, [rows, columns].</summary>
internal enum Broadcast
{
    /// <summary>[rows, columns]: element by element.</summary>
    None,

    /// <summary>[columns]: the same for every row.</summary>
    Row,

    /// <summary>[rows]: the same for every column.</summary>
    Column,
}
