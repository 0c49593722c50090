using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// The arrangement of <see cref="ElementType.Int8Block32"/>: a matrix [outputs, inputs] in blocks of 32 outputs and 32 inputs, those of the same
/// outputs one after another. A block is 32 scales, one for each output, as bfloat16, and then the 8-bit values [input, output]; a weight is value · scale.
/// What reaches beyond the matrix is zero.
/// </summary>
/// <remarks>
/// Outputs lie side by side, so that products with a vector need no sums across lanes, and the matrix product finds its panels ready:
/// there is no second copy. Scales in bfloat16 are 6 % less to read than in float32; they are rounded up, so that no value exceeds ±127.
/// </remarks>
internal static unsafe class Int8Blocks
{
    /// <summary>Inputs, and outputs, of a block.</summary>
    public const int Side = 32;

    /// <summary>Bytes of a block: 17 cache lines.</summary>
    public const int BlockBytes = ScaleBytes + Side * Side;

    private const int ScaleBytes = Side * sizeof(ushort);
    private const float Largest = 127;

    /// <summary>Blocks that cover a number of inputs or outputs.</summary>
    public static int Count(int size) => (int)(((long)size + Side - 1) / Side);

    /// <summary>Bytes of a matrix.</summary>
    public static long Bytes(int outputs, int inputs) => (long)Count(outputs) * Count(inputs) * BlockBytes;

    /// <summary>The scales of a block, one for each output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort* Scales(byte* block) => (ushort*)block;

    /// <summary>The values of a block. [input, output].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static sbyte* Values(byte* block) => (sbyte*)(block + ScaleBytes);

    /// <summary>Makes the blocks of a matrix; the same for all instruction sets.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="weight">[outputs, inputs] as stored.</param>
    /// <param name="type">How it is stored.</param>
    /// <param name="outputs">Rows.</param>
    /// <param name="inputs">Columns.</param>
    /// <param name="destination">As many bytes as <see cref="Bytes"/> says.</param>
    /// <returns>Whether all values are finite; otherwise the blocks are of no use.</returns>
    public static bool Quantize(WorkerPool pool, byte* weight, ElementType type, int outputs, int inputs, byte* destination)
    {
        int notFinite = 0;
        Quantization quantization = new(weight, type, outputs, inputs, destination, &notFinite);
        Kernel.Run(pool, Count(outputs), (long)inputs * Side, quantization);
        return notFinite == 0;
    }

    /// <summary>The weights as float32, [outputs, inputs].</summary>
    public static void Widen(byte* blocks, int outputs, int inputs, float* destination)
    {
        for (int output = 0; output < outputs; output++)
        {
            byte* block = blocks + (long)(output / Side) * Count(inputs) * BlockBytes;
            for (int input = 0; input < inputs; input++)
            {
                byte* at = block + (long)(input / Side) * BlockBytes;
                int place = input % Side * Side + output % Side;
                *destination++ = Values(at)[place] * StoredBFloat16.Load((byte*)(Scales(at) + output % Side));
            }
        }
    }

    /// <summary>Turns the values of a block, [input, output], into [output, input], or back.</summary>
    /// <remarks>Four tiles of 8 × 8 bytes at once, each row of a tile in 64 bits: halves, quarters and eighths change places.</remarks>
    [MethodImpl(Kernel.HotLoop)]
    public static void Transpose(sbyte* source, sbyte* destination)
    {
        Vector256<ulong>* rows = stackalloc Vector256<ulong>[8];
        for (int start = 0; start < Side; start += 8)
        {
            for (int i = 0; i < 8; i++)
            {
                rows[i] = Vector256.Load((ulong*)(source + (start + i) * Side));
            }

            Exchange(ref rows[0], ref rows[4], 32, 0x0000_0000_FFFF_FFFF);
            Exchange(ref rows[1], ref rows[5], 32, 0x0000_0000_FFFF_FFFF);
            Exchange(ref rows[2], ref rows[6], 32, 0x0000_0000_FFFF_FFFF);
            Exchange(ref rows[3], ref rows[7], 32, 0x0000_0000_FFFF_FFFF);
            Exchange(ref rows[0], ref rows[2], 16, 0x0000_FFFF_0000_FFFF);
            Exchange(ref rows[1], ref rows[3], 16, 0x0000_FFFF_0000_FFFF);
            Exchange(ref rows[4], ref rows[6], 16, 0x0000_FFFF_0000_FFFF);
            Exchange(ref rows[5], ref rows[7], 16, 0x0000_FFFF_0000_FFFF);
            for (int i = 0; i < 8; i += 2)
            {
                Exchange(ref rows[i], ref rows[i + 1], 8, 0x00FF_00FF_00FF_00FF);
            }

            for (int i = 0; i < Side; i++)
            {
                Unsafe.WriteUnaligned(destination + i * Side + start, ((ulong*)rows)[i % 8 * 4 + i / 8]);
            }
        }
    }

    /// <summary>Exchanges what the mask leaves of a, moved down, with what it leaves of b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(ref Vector256<ulong> a, ref Vector256<ulong> b, int bits, ulong mask)
    {
        Vector256<ulong> difference = ((a >>> bits) ^ b) & Vector256.Create(mask);
        b ^= difference;
        a ^= difference << bits;
    }

    /// <summary>The scale of values of which none is larger: the next bfloat16 value from largest / 127 upwards.</summary>
    private static ushort ScaleOf(float largest) => (ushort)((BitConverter.SingleToUInt32Bits(largest / Largest) + 0xFFFF) >> 16);

    // Items are blocks of outputs.
    private readonly struct Quantization(byte* weight, ElementType type, int outputs, int inputs, byte* destination, int* notFinite) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            float* values = stackalloc float[Side];
            for (int panel = from; panel < to; panel++)
            {
                int rows = Math.Min(Side, outputs - panel * Side);
                for (int start = 0; start < inputs; start += Side)
                {
                    byte* block = destination + ((long)panel * Count(inputs) + start / Side) * BlockBytes;
                    new Span<byte>(block, BlockBytes).Clear();
                    int count = Math.Min(Side, inputs - start);
                    for (int output = 0; output < rows; output++)
                    {
                        long at = ((long)panel * Side + output) * inputs + start;
                        ElementConversion.Widen(weight + at * type.Size(), type, count, values);
                        Row<TLanes>(values, count, Scales(block) + output, Values(block) + output);
                    }
                }
            }
        }

        [MethodImpl(Kernel.HotLoop)]
        private void Row<TLanes>(float* values, int count, ushort* scale, sbyte* quantized)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes largest = TLanes.Create(0), zeros = largest;
            for (int i = 0; i < count; i += TLanes.Count)
            {
                TLanes value = Lanes.Load<TLanes>(values + i, count - i);
                largest = TLanes.Max(largest, TLanes.Abs(value));
                zeros += value * TLanes.Create(0);
            }

            if (!(TLanes.Sum(zeros) == 0))
            {
                *notFinite = 1;
                return;
            }

            *scale = ScaleOf(TLanes.Largest(largest));
            float step = StoredBFloat16.Load((byte*)scale);
            TLanes divisor = TLanes.Create(step == 0 ? 1 : step);
            for (int i = 0; i < count; i += TLanes.Count)
            {
                Lanes.Store(TLanes.Round(Lanes.Load<TLanes>(values + i, count - i) / divisor), values + i, count - i);
            }

            for (int i = 0; i < count; i++)
            {
                quantized[i * Side] = (sbyte)values[i];
            }
        }
    }
}
