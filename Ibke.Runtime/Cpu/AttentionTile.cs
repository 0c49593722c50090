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
        int row = 0;
        for (; row <= rows - 4; row += 4)
        {
            AccumulateFour<TLanes>(
                coefficients + (row * rowStride), rowStride, stepStride, steps, source, sourceStride, width, sums + (row * sumsStride), sumsStride);
        }

        for (; row < rows; row++)
        {
            AccumulateOne<TLanes>(coefficients + (row * rowStride), stepStride, steps, source, sourceStride, width, sums + (row * sumsStride));
        }
    }

    [MethodImpl(Kernel.HotLoop)]
    private static void AccumulateOne<TLanes>(
        float* coefficients, long stepStride, int steps, float* source, long sourceStride, int width, float* sums)
        where TLanes : struct, ILanes<TLanes>
    {
        int i = 0;
        for (; i <= width - (4 * TLanes.Count); i += 4 * TLanes.Count)
        {
            TLanes a = TLanes.Load(sums + i);
            TLanes b = TLanes.Load(sums + i + TLanes.Count);
            TLanes c = TLanes.Load(sums + i + (2 * TLanes.Count));
            TLanes d = TLanes.Load(sums + i + (3 * TLanes.Count));
            float* from = source + i;
            float* coefficient = coefficients;
            for (int step = 0; step < steps; step++, from += sourceStride, coefficient += stepStride)
            {
                TLanes factor = TLanes.Create(*coefficient);
                a = TLanes.MultiplyAdd(TLanes.Load(from), factor, a);
                b = TLanes.MultiplyAdd(TLanes.Load(from + TLanes.Count), factor, b);
                c = TLanes.MultiplyAdd(TLanes.Load(from + (2 * TLanes.Count)), factor, c);
                d = TLanes.MultiplyAdd(TLanes.Load(from + (3 * TLanes.Count)), factor, d);
            }

            Store4(a, b, c, d, sums + i);
        }

        for (; i < width; i += TLanes.Count)
        {
            TLanes a = Lanes.Load<TLanes>(sums + i, width - i);
            float* from = source + i;
            float* coefficient = coefficients;
            for (int step = 0; step < steps; step++, from += sourceStride, coefficient += stepStride)
            {
                a = TLanes.MultiplyAdd(Lanes.Load<TLanes>(from, width - i), TLanes.Create(*coefficient), a);
            }

            Lanes.Store(a, sums + i, width - i);
        }
    }

    // Four rows share what is read of the source.
    [MethodImpl(Kernel.HotLoop)]
    private static void AccumulateFour<TLanes>(
        float* coefficients, long rowStride, long stepStride, int steps, float* source, long sourceStride, int width, float* sums, long sumsStride)
        where TLanes : struct, ILanes<TLanes>
    {
        float* second = sums + sumsStride;
        float* third = second + sumsStride;
        float* fourth = third + sumsStride;
        int i = 0;
        for (; i <= width - (2 * TLanes.Count); i += 2 * TLanes.Count)
        {
            int next = i + TLanes.Count;
            TLanes a0 = TLanes.Load(sums + i), a1 = TLanes.Load(sums + next), b0 = TLanes.Load(second + i), b1 = TLanes.Load(second + next);
            TLanes c0 = TLanes.Load(third + i), c1 = TLanes.Load(third + next), d0 = TLanes.Load(fourth + i), d1 = TLanes.Load(fourth + next);
            float* from = source + i;
            float* coefficient = coefficients;
            for (int step = 0; step < steps; step++, from += sourceStride, coefficient += stepStride)
            {
                TLanes s0 = TLanes.Load(from);
                TLanes s1 = TLanes.Load(from + TLanes.Count);
                TLanes a = TLanes.Create(*coefficient);
                a0 = TLanes.MultiplyAdd(s0, a, a0);
                a1 = TLanes.MultiplyAdd(s1, a, a1);
                TLanes b = TLanes.Create(coefficient[rowStride]);
                b0 = TLanes.MultiplyAdd(s0, b, b0);
                b1 = TLanes.MultiplyAdd(s1, b, b1);
                TLanes c = TLanes.Create(coefficient[2 * rowStride]);
                c0 = TLanes.MultiplyAdd(s0, c, c0);
                c1 = TLanes.MultiplyAdd(s1, c, c1);
                TLanes d = TLanes.Create(coefficient[3 * rowStride]);
                d0 = TLanes.MultiplyAdd(s0, d, d0);
                d1 = TLanes.MultiplyAdd(s1, d, d1);
            }

            Store2(a0, a1, sums + i);
            Store2(b0, b1, second + i);
            Store2(c0, c1, third + i);
            Store2(d0, d1, fourth + i);
        }

        for (; i < width; i += TLanes.Count)
        {
            int rest = width - i;
            TLanes a = Lanes.Load<TLanes>(sums + i, rest), b = Lanes.Load<TLanes>(second + i, rest);
            TLanes c = Lanes.Load<TLanes>(third + i, rest), d = Lanes.Load<TLanes>(fourth + i, rest);
            float* from = source + i;
            float* coefficient = coefficients;
            for (int step = 0; step < steps; step++, from += sourceStride, coefficient += stepStride)
            {
                TLanes s = Lanes.Load<TLanes>(from, rest);
                a = TLanes.MultiplyAdd(s, TLanes.Create(*coefficient), a);
                b = TLanes.MultiplyAdd(s, TLanes.Create(coefficient[rowStride]), b);
                c = TLanes.MultiplyAdd(s, TLanes.Create(coefficient[2 * rowStride]), c);
                d = TLanes.MultiplyAdd(s, TLanes.Create(coefficient[3 * rowStride]), d);
            }

            Lanes.Store(a, sums + i, rest);
            Lanes.Store(b, second + i, rest);
            Lanes.Store(c, third + i, rest);
            Lanes.Store(d, fourth + i, rest);
        }
    }

    [MethodImpl(Kernel.HotLoop)]
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

    [MethodImpl(Kernel.HotLoop)]
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
