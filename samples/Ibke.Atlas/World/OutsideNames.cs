namespace Ibke.Atlas.World;

/// <summary>
/// Names that are not in the world: known words put together anew, invented words in many shapes, and everyday names that only tests use.
/// A hash of the name decides whether it is for training or for tests.
/// </summary>
/// <remarks>Immutable.</remarks>
public sealed class OutsideNames(AtlasWorld world)
{
    private const int TestShare = 4;
    private static readonly string[] _universityStarts = ["University of", "College of"];

    private readonly NameLists _names = NameLists.Read();

    /// <summary>Plain lower-case English words.</summary>
    public IReadOnlyList<string> Words => _names.More.Words;

    /// <summary>A name of the kind: recombined or invented.</summary>
    public string Outsider(SeededRandom random, string kind, Split split) =>
        random.Chance(0.5) ? Recombined(random, kind, split) : Invented(random, kind, split);

    /// <summary>A name of known words that is nobody's in the world.</summary>
    public string Recombined(SeededRandom random, string kind, Split split) => Draw(split, () => kind switch
    {
        EntityKind.Person => $"{random.Choose(_names.FirstNames)} {random.Choose(_names.LastNames)}",
        EntityKind.Company => $"{random.Choose(_names.CompanyFirst)} {random.Choose(_names.CompanySecond)}",
        EntityKind.Product => $"{random.Choose(_names.ProductFirst)} {random.Choose(_names.ProductSecond)}",
        EntityKind.University => $"{random.Choose(_universityStarts)} {(random.Chance(0.6) ? random.Choose(world.EntitiesOf(EntityKind.City)) : Place(random))}",
        _ => Place(random),
    });

    /// <summary>A name with words that are in no list.</summary>
    public string Invented(SeededRandom random, string kind, Split split) => Draw(split, () => kind switch
    {
        EntityKind.Person => InventedPerson(random, split),
        EntityKind.Company => InventedCompany(random, split),
        EntityKind.Product => InventedProduct(random, split),
        EntityKind.University => $"{random.Choose(_universityStarts)} {Town(random, split)}",
        EntityKind.Country => split == Split.Training && random.Chance(0.15) ? random.Choose(_names.More.Countries) : Word(random, split),
        _ => Town(random, split),
    });

    /// <summary>An everyday name that occurs nowhere in training.</summary>
    public string Everyday(SeededRandom random, string kind) => kind == EntityKind.University
        ? $"University of {random.Choose(_names.TestOnly[EntityKind.City])}"
        : random.Choose(_names.TestOnly[kind]);

    /// <summary>All names that occur only in tests, whatever their kind.</summary>
    public IEnumerable<string> TestOnly() => _names.TestOnly.Values.SelectMany(names => names);

    /// <summary>Whether a name that is not in the world is kept for tests.</summary>
    public static bool IsForTests(string name) => StableHash.Of(name) % TestShare == 0;

    /// <summary>A capitalised word of syllables.</summary>
    public string Word(SeededRandom random, Split split) => Draw(split, () => Syllables(random));

    /// <summary>A short plain word that answers a question, such as a colour or a material.</summary>
    public string WordValue(SeededRandom random) => random.Choose(_names.WordValues);

    /// <summary>Some plain words after each other.</summary>
    public string SomeWords(SeededRandom random, int from, int to) =>
        string.Join(' ', Enumerable.Range(0, random.Next(from, to + 1)).Select(_ => random.Choose(Words)));

    private string InventedPerson(SeededRandom random, Split split)
    {
        NameLists.FurtherNames more = _names.More;
        double shape = random.NextDouble();
        if (split == Split.Training && shape < 0.35)
        {
            string first = random.Choose(more.FirstNames);
            string last = random.Choose(more.LastNames);
            return random.Next(8) switch
            {
                0 => $"{first} {random.Choose(_names.LastNames)}",
                1 => $"{random.Choose(_names.FirstNames)} {last}",
                2 => $"{first} {(char)('A' + random.Next(26))}. {last}",
                3 => $"{first} {last}-{random.Choose(more.LastNames)}",
                4 => $"{first} {random.Choose(more.FirstNames)} {last}",
                5 => $"{first} {random.Choose(["van", "de", "von", "di", "Mac", "O'"])} {Syllables(random)}".Replace("' ", "'", StringComparison.Ordinal),
                _ => $"{first} {last}",
            };
        }

        return shape < 0.7 ? $"{Syllables(random)} {Syllables(random)}"
            : random.Chance(0.5) ? $"{random.Choose(_names.FirstNames)} {Syllables(random)}"
            : $"{Syllables(random)} {random.Choose(_names.LastNames)}";
    }

    private string InventedCompany(SeededRandom random, Split split)
    {
        NameLists.FurtherNames more = _names.More;
        if (split == Split.Training && random.Chance(0.35))
        {
            string first = random.Choose(more.CompanyFirst);
            string second = random.Choose(more.CompanySecond);
            return random.Next(9) switch
            {
                0 => $"{first} {random.Choose(_names.CompanySecond)}",
                1 => $"{random.Choose(_names.CompanyFirst)} {second}",
                2 => $"{random.Choose(more.LastNames)} {random.Choose(more.CompanyLast)}",
                3 => $"{random.Choose(more.LastNames)} & {random.Choose(more.LastNames)}",
                4 => Letters(random, random.Next(2, 5)),
                5 => $"{first}{second}",
                6 => $"{Syllables(random)} {random.Choose(more.CompanyLast)}",
                _ => $"{first} {second}",
            };
        }

        return random.Chance(0.3) ? Syllables(random)
            : $"{Syllables(random)} {(random.Chance(0.6) ? random.Choose(_names.CompanySecond) : Syllables(random))}";
    }

    private string InventedProduct(SeededRandom random, Split split)
    {
        NameLists.FurtherNames more = _names.More;
        if (split == Split.Training && random.Chance(0.35))
        {
            string second = random.Choose(more.ProductSecond);
            return random.Next(7) switch
            {
                0 => $"{random.Choose(_names.ProductFirst)} {second}",
                1 => $"{Syllables(random)} {second}",
                2 => $"{random.Choose(more.CompanyFirst)} {random.Next(1, 2000)}",
                3 => $"{Letters(random, 2)}-{random.Next(1, 1000)}",
                4 => $"{random.Choose(_names.ProductFirst)}{second}",
                5 => $"Series {(char)('A' + random.Next(19))}",
                _ => $"{random.Choose(more.CompanyFirst)} {second}",
            };
        }

        return random.Chance(0.3) ? Syllables(random)
            : $"{Syllables(random)} {(random.Chance(0.5) ? random.Choose(_names.ProductSecond) : random.Next(1, 100).ToString())}";
    }

    private string Town(SeededRandom random, Split split) => split == Split.Training && random.Chance(0.3)
        ? random.Next(6) switch
        {
            0 => $"{random.Choose(["New", "Port", "San", "Saint", "Fort", "North", "South", "East", "West", "Upper", "Lower", "Bad"])} {Syllables(random)}",
            1 => $"{Syllables(random)}{random.Choose(_names.PlaceSecond)}",
            2 => $"{random.Choose(_names.PlaceFirst)}{Syllables(random).ToLowerInvariant()}",
            _ => random.Choose(_names.More.Cities),
        }
        : Syllables(random);

    private string Place(SeededRandom random) => random.Choose(_names.PlaceFirst) + random.Choose(_names.PlaceSecond);

    private static string Letters(SeededRandom random, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => (char)('A' + random.Next(26))));

    private string Syllables(SeededRandom random)
    {
        while (true)
        {
            int count = random.Choose([1, 2, 2, 2, 3]);
            string word = string.Concat(Enumerable.Range(0, count).Select(
                _ => random.Choose(_names.WordOnsets) + random.Choose(_names.WordVowels) + random.Choose(_names.WordCodas)));
            if (word.Length > 2)
            {
                return char.ToUpperInvariant(word[0]) + word[1..];
            }
        }
    }

    private string Draw(Split split, Func<string> make)
    {
        while (true)
        {
            string name = make();
            if (world.KindOf(name) is null && IsForTests(name) == (split == Split.Test))
            {
                return name;
            }
        }
    }
}
