using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>Gradients.</content>
internal static unsafe partial class CausalAttention
{
    /// <summary>
    /// With P the probabilities, dP = gradient vᵀ and dS = P (dP − Σ P dP) · slope of the cap: scale · dS k to queriesGradient,
    /// dSᵀ (scale · q) to keysGradient, Pᵀ gradient to valuesGradient.
    /// </summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="queries">[rows, heads × headSize], the rows of one sequence after those of the other.</param>
    /// <param name="keys">[positions, keyValueHeads × headSize], likewise.</param>
    /// <param name="values">[positions, keyValueHeads × headSize], likewise.</param>
    /// <param name="gradient">[rows, heads × headSize].</param>
    /// <param name="sequences">Which rows belong together.</param>
    /// <param name="shape">Sizes and options.</param>
    /// <param name="queriesGradient">[rows, heads × headSize].</param>
    /// <param name="keysGradient">[positions, keyValueHeads × headSize].</param>
    /// <param name="valuesGradient">[positions, keyValueHeads × headSize].</param>
    public static void Backward(
        WorkerPool pool,
        float* queries,
        float* keys,
        float* values,
        float* gradient,
        ReadOnlySpan<AttentionRows> sequences,
        AttentionShape shape,
        GradientPlace queriesGradient,
        GradientPlace keysGradient,
        GradientPlace valuesGradient)
    {
        BackwardPart[] parts = new BackwardPart[sequences.Length];
        (long row, long position, long work) = (0, 0, 0);
        for (int i = 0; i < parts.Length; i++)
        {
            Sizes sizes = new(shape, sequences[i].Rows, sequences[i].Positions);
            parts[i] = new BackwardPart(sizes, row * sizes.Width, position * sizes.KeyValueHeads * sizes.HeadSize);
            row += sizes.Rows;
            position += sizes.Positions;
            work += sizes.Tiles * sizes.ValuesPerTile;
        }

        // The longest first, so that none is left for one thread at the end.
        Array.Sort(parts, static (a, b) => (b.Sizes.Positions, a.Queries).CompareTo((a.Sizes.Positions, b.Queries)));
        Gradients gradients = new(queriesGradient, keysGradient, valuesGradient);
        fixed (BackwardPart* first = parts)
        {
            Kernel.Run(
                pool, parts.Length * shape.KeyValueHeads, work / Math.Max(1, parts.Length),
                new SequenceSlopes(queries, keys, values, gradient, first, shape.KeyValueHeads, gradients));
        }
    }

    // A sequence in a batch: where its queries, and its keys and values, begin.
    private readonly record struct BackwardPart(Sizes Sizes, long Queries, long Keys);

    private readonly struct Gradients(GradientPlace queries, GradientPlace keys, GradientPlace values)
    {
        public GradientPlace Queries => queries;

        public GradientPlace Keys => keys;

        public GradientPlace Values => values;

        public Gradients At(long query, long key) => new(At(queries, query), At(keys, key), At(values, key));

        private static GradientPlace At(GradientPlace place, long offset) =>
            new(place.Values == null ? null : place.Values + offset, place.Add);
    }

    // A tile's part of the memory of a head.
    private readonly struct TileMemory(float* start, int headSize, long stride)
    {
        // [pairs, positions]: probabilities.
        public float* Probabilities => start;

        // [pairs, positions]: gradients of the probabilities, then of the scores.
        public float* Slopes => start + (TilePairs * stride);

        // [pairs, positions]: capped scores.
        public float* Capped => start + (2 * TilePairs * stride);

        // [pairs, headSize].
        public float* Queries => start + (3 * TilePairs * stride);

        // [pairs, headSize].
        public float* Upstream => Queries + (TilePairs * headSize);

        // [pairs, headSize].
        public float* QueriesGradient => Upstream + (TilePairs * headSize);

        public static long Floats(int headSize, long stride) => TilePairs * ((3 * stride) + (3L * headSize));
    }

    // Items are sequence · key/value heads + head: all tiles of a head add to the same keys and values.
    private readonly struct SequenceSlopes(
        float* queries, float* keys, float* values, float* gradient, BackwardPart* parts, int heads, Gradients gradients) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int item = from; item < to; item++)
            {
                BackwardPart part = parts[item / heads];
                HeadSlopes slopes = new(
                    queries + part.Queries, keys + part.Keys, values + part.Keys, gradient + part.Queries, part.Sizes, gradients.At(part.Queries, part.Keys));
                slopes.Run<TLanes>(item % heads);
            }
        }
    }

    // All tiles of one key/value head of a sequence, one after another.
    private readonly struct HeadSlopes(
        float* queries, float* keys, float* values, float* gradient, Sizes sizes, Gradients gradients)
    {
        private int KeyValueWidth => sizes.KeyValueHeads * sizes.HeadSize;

        public void Run<TLanes>(int head)
            where TLanes : struct, ILanes<TLanes>
        {
            int count = KeyValueBlock.Count(sizes.Positions);
            long stride = (long)count * KeyValueBlock.Positions;
            long transposed = sizes.HeadSize * stride;
            using Scratch columns = new(2 * transposed);
            using Scratch tile = new(TileMemory.Floats(sizes.HeadSize, stride));
            TileMemory memory = new(tile.Pointer, sizes.HeadSize, stride);
            ClearNew(head);
            Transpose(keys + ((long)head * sizes.HeadSize), columns.Pointer);
            Transpose(values + ((long)head * sizes.HeadSize), columns.Pointer + transposed);
            for (int first = 0; first < sizes.Pairs; first += TilePairs)
            {
                int pairs = Math.Min(TilePairs, sizes.Pairs - first);
                Tile<TLanes>(head, first, pairs, columns.Pointer, columns.Pointer + transposed, stride, memory);
            }
        }

        // Gradients that hold nothing yet begin as zero, here, where they come into the cache.
        private void ClearNew(int head)
        {
            int groupWidth = sizes.Group * sizes.HeadSize;
            Clear(gradients.Queries, sizes.Rows, sizes.Width, head * groupWidth, groupWidth);
            Clear(gradients.Keys, sizes.Positions, KeyValueWidth, head * sizes.HeadSize, sizes.HeadSize);
            Clear(gradients.Values, sizes.Positions, KeyValueWidth, head * sizes.HeadSize, sizes.HeadSize);
        }

        private static void Clear(GradientPlace place, int rows, int width, int column, int columns)
        {
            for (long row = 0; row < rows && place.Values != null && !place.Add; row++)
            {
                new Span<float>(place.Values + (row * width) + column, columns).Clear();
            }
        }

        // Columns of a head as in KeyValueBlock: [blocks, headSize, 64], zero beyond the last position.
        private void Transpose(float* source, float* destination)
        {
            int blockFloats = sizes.HeadSize * KeyValueBlock.Positions;
            for (int block = 0; block < KeyValueBlock.Count(sizes.Positions); block++)
            {
                float* target = destination + ((long)block * blockFloats);
                new Span<float>(target, blockFloats).Clear();
                int start = block * KeyValueBlock.Positions;
                int present = Math.Min(KeyValueBlock.Positions, sizes.Positions - start);
                Transposition.Pack(source + ((long)start * KeyValueWidth), KeyValueWidth, present, sizes.HeadSize, target, KeyValueBlock.Positions);
            }
        }

        private void Tile<TLanes>(int head, int firstPair, int pairs, float* keyColumns, float* valueColumns, long stride, TileMemory memory)
            where TLanes : struct, ILanes<TLanes>
        {
            int headSize = sizes.HeadSize;
            int firstBlock = sizes.First(firstPair) / KeyValueBlock.Positions;
            int start = firstBlock * KeyValueBlock.Positions;
            int end = sizes.Last(firstPair + pairs - 1) + 1;
            GatherScaled<TLanes>(queries, sizes, head, firstPair, pairs, memory.Queries);
            for (int pair = 0; pair < pairs; pair++)
            {
                new ReadOnlySpan<float>(gradient + sizes.Offset(head, firstPair + pair), headSize)
                    .CopyTo(new Span<float>(memory.Upstream + (pair * headSize), headSize));
            }

            for (int block = firstBlock; block < KeyValueBlock.Count(end); block++)
            {
                long at = (long)block * headSize * KeyValueBlock.Positions;
                int column = (block - firstBlock) * KeyValueBlock.Positions;
                AttentionTile.Scores<TLanes>(memory.Queries, pairs, keyColumns + at, headSize, memory.Probabilities + column, stride);
                AttentionTile.Scores<TLanes>(memory.Upstream, pairs, valueColumns + at, headSize, memory.Slopes + column, stride);
            }

            for (int pair = 0; pair < pairs; pair++)
            {
                Mask<TLanes>(
                    memory.Probabilities + (pair * stride), end - start, sizes.First(firstPair + pair) - start, sizes.Last(firstPair + pair) - start, sizes.SoftCap);
                ScoreSlopes<TLanes>(memory, pair * stride, end - start);
            }

            Collect<TLanes>(head, firstPair, pairs, start, end - start, stride, memory);
        }

        // Probabilities from scores, and gradients of the scores in place of those of the probabilities.
        [MethodImpl(Kernel.HotLoop)]
        private void ScoreSlopes<TLanes>(TileMemory memory, long row, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            float* probabilities = memory.Probabilities + row;
            float* slopes = memory.Slopes + row;
            float* capped = memory.Capped + row;
            new ReadOnlySpan<float>(probabilities, count).CopyTo(new Span<float>(capped, count));
            float largest = RowReduction.Largest<TLanes>(probabilities, count);
            ScaledRow.Set<TLanes>(probabilities, 1 / Softmax.Exponentials<TLanes>(probabilities, count, largest, probabilities), count, probabilities);
            TLanes mean = TLanes.Create(RowReduction.Dot<TLanes>(probabilities, slopes, count));
            TLanes zero = TLanes.Create(0f);
            TLanes one = TLanes.Create(1f);
            TLanes inverseCap = TLanes.Create(sizes.SoftCap == 0 ? 0 : 1 / sizes.SoftCap);
            for (int i = 0; i < count; i += TLanes.Count)
            {
                int rest = count - i;
                TLanes probability = Lanes.Load<TLanes>(probabilities + i, rest);
                TLanes slope = probability * (Lanes.Load<TLanes>(slopes + i, rest) - mean);
                if (sizes.SoftCap != 0)
                {
                    // Masked scores are −∞, and their slope is zero already.
                    TLanes ratio = TLanes.Max(TLanes.Create(-1f), Lanes.Load<TLanes>(capped + i, rest) * inverseCap);
                    slope *= one - (ratio * ratio);
                }

                Lanes.Store(TLanes.SelectLess(zero, probability, slope, probability), slopes + i, rest);
            }
        }

        // Adds what a tile contributes to the three gradients.
        private void Collect<TLanes>(int head, int firstPair, int pairs, int start, int count, long stride, TileMemory memory)
            where TLanes : struct, ILanes<TLanes>
        {
            int headSize = sizes.HeadSize;
            long at = ((long)start * KeyValueWidth) + (head * headSize);
            if (gradients.Queries.Values != null)
            {
                new Span<float>(memory.QueriesGradient, pairs * headSize).Clear();
                AttentionTile.Accumulate<TLanes>(
                    memory.Slopes, stride, 1, pairs, count, keys + at, KeyValueWidth, headSize, memory.QueriesGradient, headSize);
                for (int pair = 0; pair < pairs; pair++)
                {
                    ScaledRow.Add<TLanes>(
                        memory.QueriesGradient + (pair * headSize), sizes.Scale, headSize, gradients.Queries.Values + sizes.Offset(head, firstPair + pair));
                }
            }

            if (gradients.Keys.Values != null)
            {
                AttentionTile.Accumulate<TLanes>(
                    memory.Slopes, 1, stride, count, pairs, memory.Queries, headSize, headSize, gradients.Keys.Values + at, KeyValueWidth);
            }

            if (gradients.Values.Values != null)
            {
                AttentionTile.Accumulate<TLanes>(
                    memory.Probabilities, 1, stride, count, pairs, memory.Upstream, headSize, headSize, gradients.Values.Values + at, KeyValueWidth);
            }
        }
    }
}
