namespace Ibke.Runtime.Tokenization.Patterns.Scanners;

/// <summary>Scans <see cref="Published.Gpt2"/>.</summary>
internal sealed class Gpt2Scanner : PatternScanner
{
    private const CharacterClass NotOther = CharacterClass.Letter | CharacterClass.Number | CharacterClass.WhiteSpace;

    /// <inheritdoc/>
    public override int End(ReadOnlySpan<char> text, int at)
    {
        char first = text[at];
        if (first == '\'' && Contraction(text[(at + 1)..]) is int length and > 0)
        {
            return at + 1 + length;
        }

        int start = first == ' ' && at + 1 < text.Length ? at + 1 : at;
        CharacterClass found = CharacterClasses.At(text, start);
        if ((found & CharacterClass.Letter) != 0)
        {
            return CharacterClasses.Skip(text, start, CharacterClass.Letter);
        }

        if (found == CharacterClass.Number)
        {
            return CharacterClasses.Skip(text, start, CharacterClass.Number);
        }

        if ((found & CharacterClass.WhiteSpace) == 0)
        {
            return CharacterClasses.SkipOthers(text, start, NotOther);
        }

        return BeforeText(text, at, CharacterClasses.Skip(text, at, CharacterClass.WhiteSpace));
    }

    /// <summary>The length of the end of a contraction, in lower case alone.</summary>
    private static int Contraction(ReadOnlySpan<char> text) => text switch
    {
        ['s' or 't' or 'm' or 'd', ..] => 1,
        ['r' or 'v', 'e', ..] or ['l', 'l', ..] => 2,
        _ => 0,
    };
}
