using System.Text;

namespace Ibke.Runtime.Tokenization.Patterns;

/// <summary>A set of Unicode code points. Immutable and thread-safe.</summary>
/// <remarks>Kept as sorted ranges; a bitmap of the basic plane is made when a text is first compared with it.</remarks>
internal sealed class CodePointSet
{
    private const int Last = 0x10FFFF;

    private readonly (int From, int To)[] _ranges;
    private uint[]? _bitmap;

    private CodePointSet((int From, int To)[] ranges) => _ranges = ranges;

    /// <summary>No code point.</summary>
    public static CodePointSet Empty { get; } = new([]);

    /// <summary>The ranges, sorted, apart from one another, both ends included.</summary>
    public IReadOnlyList<(int From, int To)> Ranges => _ranges;

    /// <summary>The set of ranges with both ends included, in any order.</summary>
    public static CodePointSet Of(params IEnumerable<(int From, int To)> ranges)
    {
        List<(int From, int To)> merged = [];
        foreach ((int from, int to) in ranges.Where(range => range.From <= range.To).Order())
        {
            if (merged.Count > 0 && from <= merged[^1].To + 1)
            {
                merged[^1] = (merged[^1].From, Math.Max(merged[^1].To, to));
            }
            else
            {
                merged.Add((from, to));
            }
        }

        return new CodePointSet([.. merged]);
    }

    /// <summary>The set of single code points.</summary>
    public static CodePointSet Of(params ReadOnlySpan<int> codePoints)
    {
        List<(int, int)> ranges = [];
        foreach (int codePoint in codePoints)
        {
            ranges.Add((codePoint, codePoint));
        }

        return Of(ranges);
    }

    /// <summary>What is in either set.</summary>
    public CodePointSet Union(CodePointSet other) => Of(_ranges.Concat(other._ranges));

    /// <summary>What is in both sets.</summary>
    public CodePointSet Intersect(CodePointSet other) => Complement().Union(other.Complement()).Complement();

    /// <summary>Every code point that is not in the set.</summary>
    public CodePointSet Complement()
    {
        List<(int, int)> gaps = [];
        int next = 0;
        foreach ((int from, int to) in _ranges)
        {
            gaps.Add((next, from - 1));
            next = to + 1;
        }

        gaps.Add((next, Last));
        return Of(gaps);
    }

    /// <summary>Whether no code point is in both sets.</summary>
    public bool IsDisjointFrom(CodePointSet other) => Intersect(other)._ranges.Length == 0;

    /// <summary>Whether a code point is in the set.</summary>
    public bool Contains(int codePoint) => codePoint <= 0xFFFF
        ? ContainsBasic(_bitmap ??= MakeBitmap(), (char)codePoint)
        : ContainsAstral(codePoint);

    /// <summary>The length of the character at a position if it is in the set, else 0.</summary>
    public int MatchLength(ReadOnlySpan<char> text, int at)
    {
        if ((uint)at >= (uint)text.Length)
        {
            return 0;
        }

        char first = text[at];
        if (char.IsHighSurrogate(first) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
        {
            return ContainsAstral(char.ConvertToUtf32(first, text[at + 1])) ? 2 : 0;
        }

        return ContainsBasic(_bitmap ??= MakeBitmap(), first) ? 1 : 0;
    }

    /// <summary>The end of the longest run of at most <paramref name="most"/> characters of the set, and how many they are.</summary>
    public int Skip(ReadOnlySpan<char> text, int at, int most, out int count)
    {
        uint[] bitmap = _bitmap ??= MakeBitmap();
        count = 0;
        while (count < most && at < text.Length)
        {
            char first = text[at];
            if (!char.IsSurrogate(first))
            {
                if (!ContainsBasic(bitmap, first))
                {
                    break;
                }

                at++;
            }
            else
            {
                int length = MatchLength(text, at);
                if (length == 0)
                {
                    break;
                }

                at += length;
            }

            count++;
        }

        return at;
    }

    /// <summary>The first position from <paramref name="at"/> on that begins a character of the set, or -1.</summary>
    public int IndexIn(ReadOnlySpan<char> text, int at)
    {
        uint[] bitmap = _bitmap ??= MakeBitmap();
        while (at < text.Length)
        {
            char first = text[at];
            if (!char.IsSurrogate(first))
            {
                if (ContainsBasic(bitmap, first))
                {
                    return at;
                }

                at++;
            }
            else if (MatchLength(text, at) > 0)
            {
                return at;
            }
            else
            {
                Rune.DecodeFromUtf16(text[at..], out _, out int length);
                at += length;
            }
        }

        return -1;
    }

    private static bool ContainsBasic(uint[] bitmap, char c) => ((bitmap[c >> 5] >> c) & 1) != 0;

    private bool ContainsAstral(int codePoint)
    {
        int low = 0;
        int high = _ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (codePoint < _ranges[middle].From)
            {
                high = middle - 1;
            }
            else if (codePoint > _ranges[middle].To)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private uint[] MakeBitmap()
    {
        uint[] bitmap = new uint[0x10000 / 32];
        foreach ((int from, int to) in _ranges)
        {
            for (int c = from; c <= Math.Min(to, 0xFFFF); c++)
            {
                bitmap[c >> 5] |= 1u << c;
            }
        }

        return bitmap;
    }
}
