namespace Ibke.Runtime.Checkpoints;

/// <summary>Finds names that a misspelt or differently prefixed one may have meant.</summary>
internal static class SimilarNames
{
    private const int Most = 3;

    /// <summary>Longer names are not compared: that would take long, and no model has them.</summary>
    private const int LongestName = 300;

    /// <summary>A hint such as <c>; similar: 'a', 'b'</c>, or nothing where no name is near.</summary>
    public static string Hint(string wanted, IEnumerable<string> known)
    {
        if (wanted.Length > LongestName)
        {
            return "";
        }

        string[] near =
        [
            .. known.Where(name => name.Length <= LongestName).Select(name => (name, distance: Distance(wanted, name)))
                .Where(pair => pair.distance <= Math.Max(2, wanted.Length / 3))
                .OrderBy(pair => pair.distance).ThenBy(pair => pair.name, StringComparer.Ordinal)
                .Take(Most).Select(pair => $"'{pair.name}'"),
        ];
        return near.Length == 0 ? "" : $"; similar: {string.Join(", ", near)}";
    }

    /// <summary>The Levenshtein distance; a name that ends in the other counts as near, whatever its prefix.</summary>
    private static int Distance(string a, string b)
    {
        if (a.EndsWith(b, StringComparison.Ordinal) || b.EndsWith(a, StringComparison.Ordinal))
        {
            return 1;
        }

        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }

        return row[^1];
    }
}
