namespace Ibke.Atlas.World;

/// <summary>
/// Numbers that look random and depend on the seed alone, on every platform and in every version of .NET (SplitMix64; Steele, Lea and
/// Flood 2014).
/// </summary>
/// <remarks>Not thread-safe; each stream of data has its own.</remarks>
public sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The stream of one purpose: streams of different purposes do not depend on each other.</summary>
    public static SeededRandom For(int seed, string purpose) => new(StableHash.Of($"{seed}|{purpose}"));

    /// <summary>A number from 0 up to, but without, the limit.</summary>
    public int Next(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return (int)(((NextBits() >> 32) * (ulong)limit) >> 32);
    }

    /// <summary>A number from the first limit up to, but without, the second.</summary>
    public int Next(int from, int to) => from + Next(to - from);

    /// <summary>A number from 0 up to, but without, 1.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>One of the items, each as likely as another.</summary>
    public T Choose<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    /// <summary>One of the items, as likely as its weight.</summary>
    public T Choose<T>(IReadOnlyList<(T Item, double Weight)> items)
    {
        double left = NextDouble() * items.Sum(item => item.Weight);
        foreach ((T item, double weight) in items)
        {
            left -= weight;
            if (left < 0)
            {
                return item;
            }
        }

        return items[^1].Item;
    }

    /// <summary>Puts the items in a random order (Fisher and Yates).</summary>
    public void Shuffle<T>(IList<T> items)
    {
        for (int i = items.Count - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15;
        return StableHash.Mix(_state);
    }
}
