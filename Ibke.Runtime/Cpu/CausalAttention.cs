using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// softmax(mask(cap · tanh(q kᵀ · scale / cap))) v for the last rows of sequences. Keys are taken in blocks of 64 positions with running
/// maxima and sums (Milakov and Gimelshein, 2018; Dao et al., 2022), so no more scores are held than a tile has.
/// </summary>
/// <remarks>
/// Heads that share keys and values are computed together: a tile is up to 16 pairs of row and head. Blocks begin at fixed positions
/// and rows do not influence each other, so a row's result is bit for bit the same whether it comes alone, in a chunk, or with the whole sequence.
/// </remarks>
internal static unsafe partial class CausalAttention
{
    // Pairs of row and head in a tile.
    private const int TilePairs = 16;

    /// <summary>destination = attention of the last rows of some sequences whose keys and values lie in cache blocks.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="queries">[rows, heads × headSize], the rows of one sequence after those of the other.</param>
    /// <param name="blocks">See <see cref="KeyValueBlock"/>: those of the first sequence, of the second …; the rows' own positions are in them already.</param>
    /// <param name="sequences">Which rows belong together.</param>
    /// <param name="shape">Sizes and options.</param>
    /// <param name="destination">[rows, heads × headSize]; not the queries.</param>
    public static void Forward(
        WorkerPool pool, float* queries, float** blocks, ReadOnlySpan<AttentionRows> sequences, AttentionShape shape, float* destination)
    {
        Part[] parts = new Part[sequences.Length];
        (long row, int block, int items, long values) = (0, 0, 0, 0);
        for (int i = 0; i < parts.Length; i++)
        {
            Sizes sizes = new(shape, sequences[i].Rows, sequences[i].Positions);
            parts[i] = new Part(sizes, row * sizes.Width, block, items);
            row += sizes.Rows;
            block += KeyValueBlock.Count(sizes.Positions);
            items += sizes.Tiles * sizes.KeyValueHeads;
            values += sizes.ValuesPerTile * sizes.Tiles * sizes.KeyValueHeads;
        }

        fixed (Part* first = parts)
        {
            Kernel.Run(pool, items, values / Math.Max(1, items), new Tiles(queries, blocks, first, parts.Length, destination));
        }
    }

    // Sizes and options in a form that kernels can hold; says which row and head a pair is and what it sees.
    private readonly struct Sizes(AttentionShape shape, int rows, int positions)
    {
        public int Rows { get; } = rows;

        public int Positions { get; } = positions;

        public int HeadSize { get; } = shape.HeadSize;

        public int KeyValueHeads { get; } = shape.KeyValueHeads;

        public int Width { get; } = shape.Heads * shape.HeadSize;

        public int Group { get; } = shape.Heads / shape.KeyValueHeads;

        public float Scale { get; } = shape.Scale;

        public float SoftCap { get; } = shape.SoftCap ?? 0;

        private int Window { get; } = shape.Window ?? int.MaxValue;

        // Pairs of one key/value head are numbered row · Group + head in the group.
        public int Pairs => Rows * Group;

        public int Tiles => (Pairs + TilePairs - 1) / TilePairs;

        public long ValuesPerTile => Math.Min((long)Positions, Window) * HeadSize * Math.Min(Pairs, TilePairs) / 8;

        // The last position that a pair sees.
        public int Last(int pair) => Positions - Rows + (pair / Group);

        // The first position that a pair sees.
        public int First(int pair) => (int)Math.Max(0, (long)Last(pair) - Window + 1);

        // Where the values of a pair begin in [rows, heads × headSize].
        public long Offset(int keyValueHead, int pair) =>
            ((long)(pair / Group) * Width) + (((keyValueHead * Group) + (pair % Group)) * HeadSize);
    }

    // A sequence in a batch: where its queries, blocks and items begin.
    private readonly record struct Part(Sizes Sizes, long Queries, int Blocks, int FirstItem);

    // Items of a sequence are keyValueHead · tiles + tile.
    private readonly struct Tiles(float* queries, float** blocks, Part* parts, int count, float* destination) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            int headSize = parts[0].Sizes.HeadSize;
            using Scratch memory = new(TilePairs * ((2L * headSize) + KeyValueBlock.Positions + 2));
            int part = 0;
            for (int item = from; item < to; item++)
            {
                while (part + 1 < count && parts[part + 1].FirstItem <= item)
                {
                    part++;
                }

                Sizes sizes = parts[part].Sizes;
                int ofSequence = item - parts[part].FirstItem;
                int first = ofSequence % sizes.Tiles * TilePairs;
                SequenceTiles tiles = new(queries + parts[part].Queries, blocks + parts[part].Blocks, sizes, destination + parts[part].Queries);
                tiles.Tile<TLanes>(ofSequence / sizes.Tiles, first, Math.Min(TilePairs, sizes.Pairs - first), memory.Pointer);
            }
        }
    }

    // The tiles of one sequence.
    private readonly struct SequenceTiles(float* queries, float** blocks, Sizes sizes, float* destination)
    {
        public void Tile<TLanes>(int head, int firstPair, int pairs, float* memory)
            where TLanes : struct, ILanes<TLanes>
        {
            int headSize = sizes.HeadSize;
            float* scores = memory;
            float* sums = scores + (TilePairs * KeyValueBlock.Positions);
            float* query = sums + (TilePairs * headSize);
            float* largest = query + (TilePairs * headSize);
            float* total = largest + TilePairs;
            new Span<float>(sums, TilePairs * headSize).Clear();
            new Span<float>(largest, pairs).Fill(float.NegativeInfinity);
            new Span<float>(total, pairs).Clear();
            GatherScaled<TLanes>(queries, sizes, head, firstPair, pairs, query);

            int last = sizes.Last(firstPair + pairs - 1);
            for (int block = sizes.First(firstPair) / KeyValueBlock.Positions; block <= last / KeyValueBlock.Positions; block++)
            {
                int start = block * KeyValueBlock.Positions;
                int steps = Math.Min(KeyValueBlock.Positions, last + 1 - start);
                float* values = KeyValueBlock.Values(blocks[block], head, sizes.KeyValueHeads, headSize);
                AttentionTile.Scores<TLanes>(query, pairs, KeyValueBlock.Keys(blocks[block], head, headSize), headSize, scores, KeyValueBlock.Positions);
                for (int pair = 0; pair < pairs; pair++)
                {
                    float* row = scores + (pair * KeyValueBlock.Positions);
                    Mask<TLanes>(row, KeyValueBlock.Positions, sizes.First(firstPair + pair) - start, sizes.Last(firstPair + pair) - start, sizes.SoftCap);
                    Update<TLanes>(row, headSize, sums + (pair * headSize), largest + pair, total + pair);
                }

                AttentionTile.Accumulate<TLanes>(
                    scores, KeyValueBlock.Positions, 1, pairs, steps, values, headSize, headSize, sums, headSize);
            }

            for (int pair = 0; pair < pairs; pair++)
            {
                ScaledRow.Set<TLanes>(sums + (pair * headSize), 1 / total[pair], headSize, destination + sizes.Offset(head, firstPair + pair));
            }
        }

        // Scores become exp(score − running maximum); the sums so far are brought to the same maximum.
        [MethodImpl(Kernel.HotLoop)]
        private static void Update<TLanes>(float* scores, int headSize, float* sums, float* largest, float* total)
            where TLanes : struct, ILanes<TLanes>
        {
            float blockLargest = RowReduction.Largest<TLanes>(scores, KeyValueBlock.Positions);
            if (float.IsNegativeInfinity(blockLargest))
            {
                // Nothing of this block is seen.
                new Span<float>(scores, KeyValueBlock.Positions).Clear();
                return;
            }

            float before = *largest;
            float now = blockLargest > before ? blockLargest : before;
            float added = Softmax.Exponentials<TLanes>(scores, KeyValueBlock.Positions, now, scores);
            if (now != before)
            {
                float shrink = MathF.Exp(before - now);
                ScaledRow.Set<TLanes>(sums, shrink, headSize, sums);
                *total *= shrink;
            }

            *total += added;
            *largest = now;
        }
    }

    // query[pair] = scale · the pair's values.
    private static void GatherScaled<TLanes>(float* queries, Sizes sizes, int head, int firstPair, int pairs, float* query)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int pair = 0; pair < pairs; pair++)
        {
            ScaledRow.Set<TLanes>(queries + sizes.Offset(head, firstPair + pair), sizes.Scale, sizes.HeadSize, query + (pair * sizes.HeadSize));
        }
    }

    // Caps the scores and makes those outside first … last −∞. Scores of positions that do not exist may hold anything.
    [MethodImpl(Kernel.HotLoop)]
    private static void Mask<TLanes>(float* scores, int count, int first, int last, float softCap)
        where TLanes : struct, ILanes<TLanes>
    {
        if (softCap != 0)
        {
            TLanes cap = TLanes.Create(softCap);
            for (int i = 0; i < count; i += TLanes.Count)
            {
                Lanes.Store(VectorMath.Tanh(Lanes.Load<TLanes>(scores + i, count - i) / cap) * cap, scores + i, count - i);
            }
        }

        int seenFrom = Math.Clamp(first, 0, count);
        int seenTo = Math.Clamp(last + 1, 0, count);
        new Span<float>(scores, Math.Min(seenFrom, count)).Fill(float.NegativeInfinity);
        new Span<float>(scores + seenTo, count - seenTo).Fill(float.NegativeInfinity);
    }
}
