namespace Ibke.Atlas.World;

/// <summary>Names that are nearly those of the world: the hardest to tell apart.</summary>
internal static class NearNames
{
    private const int Attempts = 200;
    private const int SharedLetters = 3;

    /// <summary>A name outside the world that shares a word, or its first letters, with a given one.</summary>
    /// <returns>Null where no draw gave one.</returns>
    public static string? Change(AtlasWorld world, OutsideNames names, SeededRandom random, Split split, string name, string kind)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            string near = Draw(names, random, split, name, kind);
            if (near != name && world.KindOf(near) is null && OutsideNames.IsForTests(near) == (split == Split.Test) && IsNear(near, name))
            {
                return near;
            }
        }

        return null;
    }

    /// <summary>Another subject of the kind that shares a word, or its first letters, with a given one; null where there is none.</summary>
    public static string? Sharing(AtlasWorld world, SeededRandom random, string name, string kind)
    {
        string[] sharing = [.. world.EntitiesOf(kind).Where(other => other != name && IsNear(other, name))];
        return sharing.Length == 0 ? null : random.Choose(sharing);
    }

    private static string Draw(OutsideNames names, SeededRandom random, Split split, string name, string kind)
    {
        string[] words = name.Split(' ');
        if (words.Length == 1)
        {
            return names.Recombined(random, kind, split);
        }

        if (kind == EntityKind.University)
        {
            return $"{(words[0] == "College" ? "University" : "College")} of {words[^1]}";
        }

        string[] other = names.Outsider(random, kind, split).Split(' ');
        return random.Chance(0.5) ? $"{words[0]} {other[^1]}" : $"{other[0]} {words[^1]}";
    }

    // "University of" is shared by all.
    private static bool IsNear(string name, string other)
    {
        string[] words = name.Split(' ');
        string[] others = other.Split(' ');
        return words.Length == 1 && others.Length == 1
            ? name[..Math.Min(SharedLetters, name.Length)] == other[..Math.Min(SharedLetters, other.Length)]
            : words.Where(word => word is not ("University" or "College" or "of")).Any(others.Contains);
    }
}
