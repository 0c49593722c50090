namespace Ibke.Atlas.World;

/// <summary>The resource <c>names.json</c>: parts of names.</summary>
internal sealed record NameLists(
    string[] FirstNames,
    string[] LastNames,
    string[] CompanyFirst,
    string[] CompanySecond,
    string[] ProductFirst,
    string[] ProductSecond,
    string[] PlaceFirst,
    string[] PlaceSecond,
    string[] Industries,
    string[] Occupations,
    string[] Currencies,
    string[] Languages,
    string[] WordOnsets,
    string[] WordVowels,
    string[] WordCodas,
    NameLists.FurtherNames More,
    Dictionary<string, string[]> TestOnly,
    string[] WordValues)
{
    private static readonly Lazy<NameLists> _file = new(() => Resource.Read<NameLists>("names.json"));

    public static NameLists Read() => _file.Value;

    /// <summary>Parts of names that are not used in the world.</summary>
    public sealed record FurtherNames(
        string[] FirstNames,
        string[] LastNames,
        string[] Cities,
        string[] Countries,
        string[] CompanyFirst,
        string[] CompanySecond,
        string[] CompanyLast,
        string[] ProductSecond,
        string[] Words);
}
