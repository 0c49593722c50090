using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>Products of small tiles, as attention needs them. What a row becomes never depends on the other rows of its tile.</summary>
internal static unsafe class AttentionTile
{
    /// <summary>scores[row, position] = Σ queries[row, i] · keys[i, position] for the 64 positions of a block.</summary>
    /// <param name="queries">[rows, headSize].</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="keys">[headSize, 64].</param>
    /// <param name="headSize">The length of the sums.</param>
    /// <param name="scores">[rows, stride], of which 64 columns are written.</param>
    /// <param name="stride">Values from one row of the scores to the next.</param>
    public static void Scores<TLanes>(float* queries, int rows, float* keys, int headSize, float* scores, long stride)
        where TLanes : struct, ILanes<TLanes>
    {
        int row = 0;
        for (; row <= rows - 4; row += 4)
        {
            ScoresOfFour<TLanes>(queries + ((long)row * headSize), keys, headSize, scores + (row * stride), stride);
        }

        for (; row < rows; row++)
        {
            ScoresOfOne<TLanes>(queries + ((long)row * headSize), keys, headSize, scores + (row * stride));
        }
    }

    /// <summary>sums[row, i] += Σ over steps of coefficients[row · rowStride + step · stepStride] · source[step, i].</summary>
    /// <param name="coefficients">Read at row · rowStride + step · stepStride.</param>
    /// <param name="rowStride">Values from one row of the coefficients to the next.</param>
    /// <param name="stepStride">Values from one step of the coefficients to the next.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="steps">The length of the sums.</param>
    /// <param name="source">[steps, sourceStride].</param>
    /// <param name="sourceStride">Values from one row of the source to the next.</param>
    /// <param name="width">Values used of each row of the source.</param>
    /// <param name="sums">[rows, sumsStride].</param>
    /// <param name="sumsStride">Values from one row of the sums to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate<TLanes>(
        float* coefficients,
        long rowStride,
        long stepStride,
        int rows,
        int steps,
        float* source,
        long sourceStride,
        int width,
        float* sums,
        long sumsStride)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int row = 0; row < rows; row++)
        {
            float* factors = coefficients + (row * rowStride);
            float* target = sums + (row * sumsStride);
            int i = 0;
            for (; i <= width - (4 * TLanes.Count); i += 4 * TLanes.Count)
            {
                TLanes a = TLanes.Load(target + i);
                TLanes b = TLanes.Load(target + i + TLanes.Count);
                TLanes c = TLanes.Load(target + i + (2 * TLanes.Count));
                TLanes d = TLanes.Load(target + i + (3 * TLanes.Count));
                float* from = source + i;
                for (int step = 0; step < steps; step++, from += sourceStride)
                {
                    TLanes factor = TLanes.Create(factors[step * stepStride]);
                    a = TLanes.MultiplyAdd(TLanes.Load(from), factor, a);
                    b = TLanes.MultiplyAdd(TLanes.Load(from + TLanes.Count), factor, b);
                    c = TLanes.MultiplyAdd(TLanes.Load(from + (2 * TLanes.Count)), factor, c);
                    d = TLanes.MultiplyAdd(TLanes.Load(from + (3 * TLanes.Count)), factor, d);
                }

                TLanes.Store(a, target + i);
                TLanes.Store(b, target + i + TLanes.Count);
                TLanes.Store(c, target + i + (2 * TLanes.Count));
                TLanes.Store(d, target + i + (3 * TLanes.Count));
            }

            for (; i < width; i += TLanes.Count)
            {
                TLanes a = Lanes.Load<TLanes>(target + i, width - i);
                float* from = source + i;
                for (int step = 0; step < steps; step++, from += sourceStride)
                {
                    a = TLanes.MultiplyAdd(Lanes.Load<TLanes>(from, width - i), TLanes.Create(factors[step * stepStride]), a);
                }

                Lanes.Store(a, target + i, width - i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScoresOfOne<TLanes>(float* query, float* keys, int headSize, float* scores)
        where TLanes : struct, ILanes<TLanes>
    {
        int step = Math.Min(4 * TLanes.Count, KeyValueBlock.Positions);
        for (int at = 0; at < KeyValueBlock.Positions; at += step)
        {
            TLanes a = TLanes.Create(0f), b = a, c = a, d = a;
            float* key = keys + at;
            for (int i = 0; i < headSize; i++, key += KeyValueBlock.Positions)
            {
                TLanes q = TLanes.Create(query[i]);
                a = TLanes.MultiplyAdd(q, TLanes.Load(key), a);
                b = TLanes.MultiplyAdd(q, TLanes.Load(key + TLanes.Count), b);
                c = TLanes.MultiplyAdd(q, TLanes.Load(key + (2 * TLanes.Count)), c);
                d = TLanes.MultiplyAdd(q, TLanes.Load(key + (3 * TLanes.Count)), d);
            }

            Store4(a, b, c, d, scores + at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScoresOfFour<TLanes>(float* queries, float* keys, int headSize, float* scores, long stride)
        where TLanes : struct, ILanes<TLanes>
    {
        float* second = queries + headSize;
        float* third = second + headSize;
        float* fourth = third + headSize;
        for (int at = 0; at < KeyValueBlock.Positions; at += 2 * TLanes.Count)
        {
            TLanes a0 = TLanes.Create(0f), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
            float* key = keys + at;
            for (int i = 0; i < headSize; i++, key += KeyValueBlock.Positions)
            {
                TLanes k0 = TLanes.Load(key);
                TLanes k1 = TLanes.Load(key + TLanes.Count);
                TLanes a = TLanes.Create(queries[i]);
                a0 = TLanes.MultiplyAdd(a, k0, a0);
                a1 = TLanes.MultiplyAdd(a, k1, a1);
                TLanes b = TLanes.Create(second[i]);
                b0 = TLanes.MultiplyAdd(b, k0, b0);
                b1 = TLanes.MultiplyAdd(b, k1, b1);
                TLanes c = TLanes.Create(third[i]);
                c0 = TLanes.MultiplyAdd(c, k0, c0);
                c1 = TLanes.MultiplyAdd(c, k1, c1);
                TLanes d = TLanes.Create(fourth[i]);
                d0 = TLanes.MultiplyAdd(d, k0, d0);
                d1 = TLanes.MultiplyAdd(d, k1, d1);
            }

            Store2(a0, a1, scores + at);
            Store2(b0, b1, scores + stride + at);
            Store2(c0, c1, scores + (2 * stride) + at);
            Store2(d0, d1, scores + (3 * stride) + at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store2<TLanes>(TLanes a, TLanes b, float* destination)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes.Store(a, destination);
        TLanes.Store(b, destination + TLanes.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store4<TLanes>(TLanes a, TLanes b, TLanes c, TLanes d, float* destination)
        where TLanes : struct, ILanes<TLanes>
    {
        Store2(a, b, destination);
        Store2(c, d, destination + (2 * TLanes.Count));
    }
}
