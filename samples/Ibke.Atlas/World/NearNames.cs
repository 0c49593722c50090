namespace Ibke.Atlas.World;

/// <summary>Names that are nearly those of the world.</summary>
internal static class NearNames
{
    /// <summary>A name outside the world that shares a word with the given one; null where it has but one word or the draw gave a known name.</summary>
    public static string? Change(AtlasWorld world, OutsideNames names, SeededRandom random, Split split, string name, string kind)
    {
        string[] words = name.Split(' ');
        string[] other = names.Outsider(random, kind, split).Split(' ');
        if (words.Length < 2)
        {
            return null;
        }

        string near = random.Chance(0.5) ? $"{words[0]} {other[^1]}" : $"{other[0]} {words[^1]}";
        return near != name && world.KindOf(near) is null && OutsideNames.IsForTests(near) == (split == Split.Test) ? near : null;
    }

    /// <summary>Another subject of the kind that shares a word with the given one; null where there is none.</summary>
    public static string? Sharing(AtlasWorld world, SeededRandom random, string name, string kind)
    {
        HashSet<string> words = [.. name.Split(' ')];
        string[] sharing = [.. world.EntitiesOf(kind).Where(other => other != name && other.Split(' ').Any(words.Contains))];
        return sharing.Length == 0 ? null : random.Choose(sharing);
    }
}
