using System.Text;

namespace Ibke.Runtime.Tokenization.Patterns;

/// <summary>Characters that differ in case alone, by simple case folding: independent of the culture, one character to one.</summary>
internal static class CaseFolding
{
    private static readonly Lazy<Dictionary<int, int[]>> s_variants = new(ReadVariants);

    /// <summary>The set together with all variants of its characters.</summary>
    public static CodePointSet Close(CodePointSet set)
    {
        List<(int, int)> added = [];
        foreach ((int codePoint, int[] variants) in s_variants.Value)
        {
            if (set.Contains(codePoint))
            {
                added.AddRange(variants.Select(variant => (variant, variant)));
            }
        }

        return set.Union(CodePointSet.Of(added));
    }

    /// <summary>Maps every character that has variants to all of them.</summary>
    private static Dictionary<int, int[]> ReadVariants()
    {
        IEnumerable<int> all = Enumerable.Range(0, 0x1E944).Where(Rune.IsValid);
        return all.GroupBy(Key).Select(group => group.ToArray()).Where(group => group.Length > 1)
            .SelectMany(group => group.Select(codePoint => (codePoint, group)))
            .ToDictionary(pair => pair.codePoint, pair => pair.group);
    }

    private static int Key(int codePoint) => codePoint switch
    {
        // The platform's invariant mapping leaves these alone, because they would become ASCII.
        0x017F => 's',
        0x212A => 'k',
        0x1E9E => 0x00DF,
        _ => Rune.ToLowerInvariant(Rune.ToUpperInvariant(new Rune(codePoint))).Value,
    };
}
