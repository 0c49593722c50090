namespace Ibke.Atlas.World;

/// <summary>Names of the kinds of entities, as the resources write them.</summary>
internal static class EntityKind
{
    public const string Person = "person";
    public const string Company = "company";
    public const string Product = "product";
    public const string City = "city";
    public const string Country = "country";
    public const string University = "university";
    public const string Industry = "industry";
    public const string Occupation = "occupation";
    public const string Currency = "currency";
    public const string Language = "language";

    /// <summary>The kinds that facts are about; the others are only answers.</summary>
    public static IReadOnlyList<string> Subjects { get; } = [Person, Company, Product, City, Country, University];
}
