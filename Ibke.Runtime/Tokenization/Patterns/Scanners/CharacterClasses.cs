using System.Globalization;

namespace Ibke.Runtime.Tokenization.Patterns.Scanners;

/// <summary>What the published patterns ask of a character. A character of any category has exactly one.</summary>
[Flags]
internal enum CharacterClass : byte
{
    /// <summary>Of no class below, such as a control character.</summary>
    None = 0,

    /// <summary>A letter of upper or title case: Lu, Lt.</summary>
    Upper = 1,

    /// <summary>A letter of lower case: Ll.</summary>
    Lower = 2,

    /// <summary>Any other letter: Lm, Lo.</summary>
    OtherLetter = 4,

    /// <summary>A mark: M.</summary>
    Mark = 8,

    /// <summary>A number: N.</summary>
    Number = 16,

    /// <summary>Punctuation or a symbol: P, S.</summary>
    Symbol = 32,

    /// <summary>White space, but no line end.</summary>
    Space = 64,

    /// <summary>CR or LF.</summary>
    LineEnd = 128,

    /// <summary>A letter: L.</summary>
    Letter = Upper | Lower | OtherLetter,

    /// <summary>White space.</summary>
    WhiteSpace = Space | LineEnd,
}

/// <summary>The classes of all characters.</summary>
internal static class CharacterClasses
{
    private static readonly CharacterClass[] s_basic = MakeBasic();

    /// <summary>The class of the character at a place, and its length in UTF-16 units.</summary>
    public static CharacterClass At(ReadOnlySpan<char> text, int at, out int length)
    {
        char first = text[at];
        length = 1;
        if (!char.IsSurrogate(first) || PatternMachine.LengthAt(text, at) == 1)
        {
            return s_basic[first];
        }

        length = 2;
        return Of(char.ConvertToUtf32(first, text[at + 1]));
    }

    /// <summary>The class of the character at a place; none at the end.</summary>
    public static CharacterClass At(ReadOnlySpan<char> text, int at) => at < text.Length ? At(text, at, out _) : CharacterClass.None;

    /// <summary>The end of the run of characters of some classes.</summary>
    public static int Skip(ReadOnlySpan<char> text, int at, CharacterClass classes)
    {
        CharacterClass[] basic = s_basic;
        while (at < text.Length)
        {
            char unit = text[at];
            if (char.IsSurrogate(unit))
            {
                if ((At(text, at, out int length) & classes) == 0)
                {
                    break;
                }

                at += length;
            }
            else if ((basic[unit] & classes) != 0)
            {
                at++;
            }
            else
            {
                break;
            }
        }

        return at;
    }

    /// <summary>The end of the run of characters that are of none of some classes.</summary>
    public static int SkipOthers(ReadOnlySpan<char> text, int at, CharacterClass classes)
    {
        while (at < text.Length && (At(text, at, out int length) & classes) == 0)
        {
            at += length;
        }

        return at;
    }

    private static CharacterClass[] MakeBasic()
    {
        CharacterClass[] classes = new CharacterClass[char.MaxValue + 1];
        for (int unit = 0; unit < classes.Length; unit++)
        {
            classes[unit] = Of(unit);
        }

        return classes;
    }

    private static CharacterClass Of(int codePoint)
    {
        if (codePoint is '\r' or '\n')
        {
            return CharacterClass.LineEnd;
        }

        return UnicodeSets.WhiteSpace.Contains(codePoint)
            ? CharacterClass.Space
            : CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
            {
                UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => CharacterClass.Upper,
                UnicodeCategory.LowercaseLetter => CharacterClass.Lower,
                UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharacterClass.OtherLetter,
                UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => CharacterClass.Mark,
                UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Number,
                UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
                    or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation
                    or UnicodeCategory.OtherPunctuation or UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol
                    or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol => CharacterClass.Symbol,
                _ => CharacterClass.None,
            };
    }
}
