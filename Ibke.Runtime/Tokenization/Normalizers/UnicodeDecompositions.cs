using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>
/// How characters are decomposed and composed, by the Unicode Character Database. The table is part of this library: that of the platform is
/// missing where programs run without culture data, and differs from one system to the next.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal sealed class UnicodeDecompositions
{
    private const int FirstSyllable = 0xAC00;
    private const int FirstLead = 0x1100;
    private const int FirstVowel = 0x1161;
    private const int NoTrail = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Trails = 28;
    private const int Syllables = Leads * Vowels * Trails;

    private static readonly Lazy<UnicodeDecompositions> s_shared = new(() => new UnicodeDecompositions());

    private readonly FrozenDictionary<int, int> _combiningClasses;
    private readonly FrozenDictionary<int, int[]> _canonical;
    private readonly FrozenDictionary<int, int[]> _compatible;
    private readonly FrozenDictionary<(int First, int Second), int> _composed;

    private UnicodeDecompositions()
    {
        Dictionary<int, int> classes = [];
        Dictionary<int, int[]> canonical = [];
        Dictionary<int, int[]> compatible = [];
        Dictionary<(int, int), int> composed = [];
        foreach (string[] fields in Lines())
        {
            int[] range = [.. fields[0].Split('-').Select(ReadCodePoint)];
            string mapping = fields.Length > 2 ? fields[2] : "";
            for (int codePoint = range[0]; codePoint <= range[^1]; codePoint++)
            {
                if (fields[1].Length > 0)
                {
                    classes.Add(codePoint, int.Parse(fields[1], CultureInfo.InvariantCulture));
                }

                if (mapping.Length > 0)
                {
                    int[] parts = [.. mapping.TrimStart('<', '!').Split(' ').Select(ReadCodePoint)];
                    (mapping[0] == '<' ? compatible : canonical).Add(codePoint, parts);
                    if (char.IsAsciiHexDigit(mapping[0]))
                    {
                        composed.Add((parts[0], parts[1]), codePoint);
                    }
                }
            }
        }

        _combiningClasses = classes.ToFrozenDictionary();
        _composed = composed.ToFrozenDictionary();
        _canonical = canonical.Keys.ToFrozenDictionary(key => key, key => Expand(key, canonical, []));
        _compatible = canonical.Keys.Concat(compatible.Keys).ToFrozenDictionary(key => key, key => Expand(key, canonical, compatible));
    }

    /// <summary>The one table.</summary>
    public static UnicodeDecompositions Shared => s_shared.Value;

    /// <summary>The combining class of a character; 0 for one that begins anew.</summary>
    public int CombiningClass(int codePoint) => codePoint < 0x300 ? 0 : _combiningClasses.GetValueOrDefault(codePoint);

    /// <summary>What a character is decomposed into, down to the end; null for itself.</summary>
    /// <param name="codePoint">The character.</param>
    /// <param name="compatible">Whether characters that only look alike count too.</param>
    public int[]? Decompose(int codePoint, bool compatible)
    {
        if (codePoint is >= FirstSyllable and < FirstSyllable + Syllables)
        {
            int index = codePoint - FirstSyllable;
            int lead = FirstLead + (index / (Vowels * Trails));
            int vowel = FirstVowel + (index % (Vowels * Trails) / Trails);
            return index % Trails == 0 ? [lead, vowel] : [lead, vowel, NoTrail + (index % Trails)];
        }

        return (compatible ? _compatible : _canonical).GetValueOrDefault(codePoint);
    }

    /// <summary>The character that two are composed to, or null.</summary>
    public int? Compose(int first, int second)
    {
        if (first is >= FirstLead and < FirstLead + Leads && second is >= FirstVowel and < FirstVowel + Vowels)
        {
            return FirstSyllable + ((((first - FirstLead) * Vowels) + second - FirstVowel) * Trails);
        }

        if (first is >= FirstSyllable and < FirstSyllable + Syllables && (first - FirstSyllable) % Trails == 0
            && second is > NoTrail and < NoTrail + Trails)
        {
            return first + second - NoTrail;
        }

        return _composed.TryGetValue((first, second), out int composed) ? composed : null;
    }

    /// <summary>The characters that a normal form may change, alone or with those before them.</summary>
    public CodePointSet Changing(bool compatible, bool composing)
    {
        IEnumerable<int> found = _combiningClasses.Keys;
        if (composing)
        {
            found = found.Concat(_composed.Keys.Select(pair => pair.Second))
                .Concat((compatible ? _compatible : _canonical).Where(pair => !IsComposedAgain(pair.Key, pair.Value)).Select(pair => pair.Key));
        }
        else
        {
            found = found.Concat((compatible ? _compatible : _canonical).Keys);
        }

        (int, int) hangul = composing ? (FirstVowel, NoTrail + Trails - 1) : (FirstSyllable, FirstSyllable + Syllables - 1);
        return CodePointSet.Of(found.Select(codePoint => (codePoint, codePoint)).Append(hangul));
    }

    private bool IsComposedAgain(int codePoint, int[] parts)
    {
        int? composed = parts[0];
        for (int i = 1; i < parts.Length && composed is not null; i++)
        {
            composed = Compose(composed.Value, parts[i]);
        }

        return composed == codePoint;
    }

    private static int[] Expand(int codePoint, Dictionary<int, int[]> canonical, Dictionary<int, int[]> compatible) =>
        canonical.TryGetValue(codePoint, out int[]? parts) || compatible.TryGetValue(codePoint, out parts)
            ? [.. parts.SelectMany(part => Expand(part, canonical, compatible))]
            : [codePoint];

    private static IEnumerable<string[]> Lines()
    {
        using Stream stream = typeof(UnicodeDecompositions).Assembly.GetManifestResourceStream(typeof(UnicodeDecompositions), "decompositions.txt")!;
        using StreamReader reader = new(stream, Encoding.UTF8);
        while (reader.ReadLine() is string line)
        {
            if (!line.StartsWith('#'))
            {
                yield return line.Split(';');
            }
        }
    }

    private static int ReadCodePoint(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
