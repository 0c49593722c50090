namespace Ibke.Runtime.Tokenization.Patterns.Scanners;

/// <summary>Scans <see cref="Published.DeepSeek3"/>. It leaves numbers and control characters between its matches.</summary>
internal sealed class DeepSeekScanner : PatternScanner
{
    private const CharacterClass Word = CharacterClass.Letter | CharacterClass.Mark;

    /// <inheritdoc/>
    public override int End(ReadOnlySpan<char> text, int at)
    {
        CharacterClass found = CharacterClasses.At(text, at, out int length);
        if ((found & Word) != 0)
        {
            return CharacterClasses.Skip(text, at, Word);
        }

        int next = at + length;
        if (next < text.Length && char.IsAscii(text[at]) && found == CharacterClass.Symbol && char.IsAsciiLetter(text[next]))
        {
            while (next < text.Length && char.IsAsciiLetter(text[next]))
            {
                next++;
            }

            return next;
        }

        if ((found & (CharacterClass.Symbol | CharacterClass.LineEnd)) == 0 && (CharacterClasses.At(text, next) & Word) != 0)
        {
            return CharacterClasses.Skip(text, next, Word);
        }

        int symbols = text[at] == ' ' ? next : at;
        if (CharacterClasses.At(text, symbols) == CharacterClass.Symbol)
        {
            return CharacterClasses.Skip(text, CharacterClasses.Skip(text, symbols, CharacterClass.Symbol), CharacterClass.LineEnd);
        }

        return (found & CharacterClass.WhiteSpace) != 0 ? WhiteSpaceEnd(text, at) : -1;
    }
}
