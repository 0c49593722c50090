namespace Ibke.Runtime.Cpu;

/// <summary>
/// The layout of 64 consecutive positions of one layer: keys [keyValueHeads, headSize, 64], so that the scores of neighbouring
/// positions are computed side by side, then values [keyValueHeads, 64, headSize]. Block b holds the positions 64 b … 64 b + 63.
/// </summary>
internal static unsafe class KeyValueBlock
{
    /// <summary>Positions in a block.</summary>
    public const int Positions = 64;

    /// <summary>The number of values in a block.</summary>
    /// <param name="width">Key/value heads × head size.</param>
    public static long Floats(int width) => 2L * Positions * width;

    /// <summary>The number of blocks that hold so many positions.</summary>
    public static int Count(int positions) => (positions + Positions - 1) / Positions;

    /// <summary>Writes the keys and values of further positions into their blocks.</summary>
    /// <param name="keys">[count, keyValueHeads × headSize].</param>
    /// <param name="values">[count, keyValueHeads × headSize].</param>
    /// <param name="count">The number of positions.</param>
    /// <param name="position">The position of the first row.</param>
    /// <param name="keyValueHeads">Key and value heads.</param>
    /// <param name="headSize">Values a head has.</param>
    /// <param name="blocks">Of all positions from 0 on.</param>
    public static void Store(float* keys, float* values, int count, int position, int keyValueHeads, int headSize, float** blocks)
    {
        int width = keyValueHeads * headSize;
        for (int row = 0; row < count;)
        {
            float* block = blocks[(position + row) / Positions];
            int slot = (position + row) % Positions;
            int rows = Math.Min(count - row, Positions - slot);
            Transposition.Pack(keys + ((long)row * width), width, rows, width, block + slot, Positions);
            for (int end = row + rows; row < end; row++, slot++)
            {
                for (int head = 0; head < keyValueHeads; head++)
                {
                    ReadOnlySpan<float> value = new(values + ((long)row * width) + (head * headSize), headSize);
                    value.CopyTo(new Span<float>(Values(block, head, keyValueHeads, headSize) + (slot * headSize), headSize));
                }
            }
        }
    }

    /// <summary>The keys of a head in a block: [headSize, 64].</summary>
    public static float* Keys(float* block, int head, int headSize) => block + ((long)head * headSize * Positions);

    /// <summary>The values of a head in a block: [64, headSize].</summary>
    public static float* Values(float* block, int head, int keyValueHeads, int headSize) =>
        block + ((long)(keyValueHeads + head) * headSize * Positions);
}
