using System.Globalization;

namespace Ibke.Runtime.Tokenization.Patterns;

/// <summary>Sets that Unicode defines, as the regular expressions of published tokenizers mean them.</summary>
internal static class UnicodeSets
{
    private static readonly string[] s_shortNames =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc",
        "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    private static readonly Dictionary<string, string> s_longNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Letter"] = "L", ["Mark"] = "M", ["Number"] = "N", ["Punctuation"] = "P", ["Symbol"] = "S", ["Separator"] = "Z", ["Other"] = "C",
        ["UppercaseLetter"] = "Lu", ["LowercaseLetter"] = "Ll", ["TitlecaseLetter"] = "Lt", ["ModifierLetter"] = "Lm", ["OtherLetter"] = "Lo",
        ["NonspacingMark"] = "Mn", ["SpacingMark"] = "Mc", ["EnclosingMark"] = "Me",
        ["DecimalNumber"] = "Nd", ["LetterNumber"] = "Nl", ["OtherNumber"] = "No",
        ["ConnectorPunctuation"] = "Pc", ["DashPunctuation"] = "Pd", ["OpenPunctuation"] = "Ps", ["ClosePunctuation"] = "Pe",
        ["InitialPunctuation"] = "Pi", ["FinalPunctuation"] = "Pf", ["OtherPunctuation"] = "Po",
        ["MathSymbol"] = "Sm", ["CurrencySymbol"] = "Sc", ["ModifierSymbol"] = "Sk", ["OtherSymbol"] = "So",
        ["SpaceSeparator"] = "Zs", ["LineSeparator"] = "Zl", ["ParagraphSeparator"] = "Zp",
        ["Control"] = "Cc", ["Format"] = "Cf", ["Surrogate"] = "Cs", ["PrivateUse"] = "Co", ["Unassigned"] = "Cn",
    };

    private static readonly Lazy<CodePointSet[]> s_categories = new(ReadCategories);

    /// <summary>The property White_Space.</summary>
    public static CodePointSet WhiteSpace { get; } = CodePointSet.Of(
        (0x09, 0x0D), (0x20, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A),
        (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000));

    /// <summary>What <c>\w</c> means: letters (also circled ones and number letters), marks, decimal digits, connectors and joiners.</summary>
    public static CodePointSet Word { get; } = Category("L").Union(Category("M")).Union(Category("Nd")).Union(Category("Nl")).Union(Category("Pc"))
        .Union(CodePointSet.Of((0x200C, 0x200D), (0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189)));

    /// <summary>Characters of category P and the ASCII symbols that are punctuation on a keyboard.</summary>
    public static CodePointSet Punctuation { get; } = Category("P").Union(CodePointSet.Of(('!', '/'), (':', '@'), ('[', '`'), ('{', '~')));

    /// <summary>A general category under its short or long name, such as <c>L</c>, <c>Lu</c> or <c>Uppercase_Letter</c>.</summary>
    /// <exception cref="FormatException">There is none of that name.</exception>
    public static CodePointSet Category(string name)
    {
        string known = s_longNames.GetValueOrDefault(name.Replace("_", "", StringComparison.Ordinal), name);
        CodePointSet[] parts = [.. s_categories.Value.Where((_, i) => Matches(s_shortNames[i], known))];
        return parts.Length == 0
            ? throw new FormatException($"the property '{name}' is not supported; general categories such as L, Lu or Nd are")
            : CodePointSet.Of(parts.SelectMany(part => part.Ranges));
    }

    private static bool Matches(string category, string wanted) =>
        wanted.Length is 1 or 2 && category.StartsWith(wanted, StringComparison.OrdinalIgnoreCase);

    private static CodePointSet[] ReadCategories()
    {
        List<(int From, int To)>[] ranges = [.. s_shortNames.Select(_ => new List<(int, int)>())];
        int from = 0;
        UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(0);
        for (int codePoint = 1; codePoint <= 0x110000; codePoint++)
        {
            if (codePoint == 0x110000 || CharUnicodeInfo.GetUnicodeCategory(codePoint) != category)
            {
                ranges[(int)category].Add((from, codePoint - 1));
                from = codePoint;
                category = codePoint == 0x110000 ? category : CharUnicodeInfo.GetUnicodeCategory(codePoint);
            }
        }

        return [.. ranges.Select(list => CodePointSet.Of(list))];
    }
}
