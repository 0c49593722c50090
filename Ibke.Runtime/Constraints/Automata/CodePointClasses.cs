using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Constraints.Automata;

/// <summary>
/// A partition of all code points into classes that an automaton treats alike. Surrogates belong to no class. Immutable and thread-safe.
/// </summary>
internal sealed class CodePointClasses
{
    /// <summary>What stands for no class.</summary>
    public const int None = -1;

    private const int MostRanges = 200_000;
    private const long MostMembers = 1_000_000;
    private const int Last = 0x10FFFF;

    private readonly int[] _starts;
    private readonly int[] _classes;

    private CodePointClasses(int[] starts, int[] classes, int count)
    {
        _starts = starts;
        _classes = classes;
        Count = count;
    }

    /// <summary>One class of all characters.</summary>
    public static CodePointClasses One { get; } = Of([]);

    /// <summary>The number of classes.</summary>
    public int Count { get; }

    /// <summary>The coarsest partition in which every set is a union of classes.</summary>
    /// <exception cref="FormatException">The sets have too many ranges.</exception>
    public static CodePointClasses Of(IReadOnlyList<CodePointSet> sets)
    {
        List<(int At, int Set)> borders = [(0xD800, sets.Count), (0xE000, sets.Count)];
        for (int set = 0; set < sets.Count; set++)
        {
            foreach ((int from, int to) in sets[set].Ranges)
            {
                borders.Add((from, set));
                borders.Add((to + 1, set));
            }
        }

        if (borders.Count > MostRanges)
        {
            throw new FormatException("its character classes have too many ranges");
        }

        borders.Sort();
        return Sweep(borders, surrogates: sets.Count);
    }

    /// <summary>The class of a code point, or <see cref="None"/>.</summary>
    public int ClassOf(int codePoint) => _classes[IndexOf(codePoint)];

    /// <summary>Whether all code points of an interval are in one class, or all in none.</summary>
    public bool IsUniform(int from, int to, out int number)
    {
        int index = IndexOf(from);
        number = _classes[index];
        return index + 1 == _starts.Length || to < _starts[index + 1];
    }

    /// <summary>The classes that a set is the union of.</summary>
    public int[] ClassesIn(CodePointSet set)
    {
        HashSet<int> found = [];
        foreach ((int from, int to) in set.Ranges)
        {
            for (int index = IndexOf(from); index < _starts.Length && _starts[index] <= to; index++)
            {
                found.Add(_classes[index]);
            }
        }

        found.Remove(None);
        return [.. found.Order()];
    }

    /// <summary>The partition finer than two others, and the class of each that a class of it lies in.</summary>
    public CodePointClasses Refine(CodePointClasses other, out (int Own, int Others)[] parts)
    {
        Dictionary<(int, int), int> numbers = [];
        List<int> starts = [];
        List<int> classes = [];
        foreach (int start in _starts.Union(other._starts).Order())
        {
            (int, int) pair = (ClassOf(start), other.ClassOf(start));
            if (pair.Item1 == None)
            {
                classes.Add(None);
            }
            else
            {
                numbers.TryAdd(pair, numbers.Count);
                classes.Add(numbers[pair]);
            }

            starts.Add(start);
        }

        parts = [.. numbers.OrderBy(pair => pair.Value).Select(pair => pair.Key)];
        return new CodePointClasses([.. starts], [.. classes], numbers.Count);
    }

    // Every border of a set switches it on or off.
    private static CodePointClasses Sweep(List<(int At, int Set)> borders, int surrogates)
    {
        Dictionary<string, int> numbers = [];
        SortedSet<int> active = [];
        List<int> starts = [];
        List<int> classes = [];
        int next = 0;
        long members = 0;
        for (int at = 0; at <= Last; at = next < borders.Count ? borders[next].At : Last + 1)
        {
            for (; next < borders.Count && borders[next].At == at; next++)
            {
                if (!active.Remove(borders[next].Set))
                {
                    active.Add(borders[next].Set);
                }
            }

            int number = None;
            if (!active.Contains(surrogates))
            {
                members += active.Count;
                if (members > MostMembers)
                {
                    throw new FormatException("too many of its character classes overlap");
                }

                string key = string.Join(',', active);
                numbers.TryAdd(key, numbers.Count);
                number = numbers[key];
            }

            starts.Add(at);
            classes.Add(number);
        }

        return new CodePointClasses([.. starts], [.. classes], numbers.Count);
    }

    private int IndexOf(int codePoint)
    {
        int index = Array.BinarySearch(_starts, codePoint);
        return index >= 0 ? index : ~index - 1;
    }
}
