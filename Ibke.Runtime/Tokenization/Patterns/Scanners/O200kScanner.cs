namespace Ibke.Runtime.Tokenization.Patterns.Scanners;

/// <summary>Scans <see cref="Published.O200k"/> and its kin.</summary>
/// <param name="mostDigits">The most numbers in a piece.</param>
/// <param name="hasContractions">Whether the end of a contraction belongs to the word before it.</param>
internal sealed class O200kScanner(int mostDigits, bool hasContractions) : PatternScanner
{
    private const CharacterClass Begin = CharacterClass.Upper | CharacterClass.OtherLetter | CharacterClass.Mark;
    private const CharacterClass Rest = CharacterClass.Lower | CharacterClass.OtherLetter | CharacterClass.Mark;
    private const CharacterClass NotSymbol = CharacterClass.Letter | CharacterClass.Number | CharacterClass.WhiteSpace;

    /// <inheritdoc/>
    public override int End(ReadOnlySpan<char> text, int at)
    {
        CharacterClass found = CharacterClasses.At(text, at, out int length);
        int next = at + length;
        bool mayPrecede = (found & (CharacterClass.Letter | CharacterClass.Number | CharacterClass.LineEnd)) == 0;
        int word = WordEnd(text, at, next, mayPrecede);
        if (word >= 0)
        {
            return hasContractions && ContractionEnd(text, word) is int contraction and >= 0 ? contraction : word;
        }

        if (found == CharacterClass.Number)
        {
            return Cl100kScanner.NumberEnd(text, at, mostDigits);
        }

        int symbols = text[at] == ' ' ? next : at;
        if (symbols < text.Length && (CharacterClasses.At(text, symbols) & NotSymbol) == 0)
        {
            int end = CharacterClasses.SkipOthers(text, symbols, NotSymbol);
            while (end < text.Length && text[end] is '\r' or '\n' or '/')
            {
                end++;
            }

            return end;
        }

        return WhiteSpaceEnd(text, at);
    }

    /// <summary>The end of a word, first with the character before it and with lower case at its end; -1 where there is none.</summary>
    private static int WordEnd(ReadOnlySpan<char> text, int at, int next, bool mayPrecede)
    {
        int end = mayPrecede ? LowerWordEnd(text, next) : -1;
        end = end >= 0 ? end : LowerWordEnd(text, at);
        if (end >= 0)
        {
            return end;
        }

        end = mayPrecede ? UpperWordEnd(text, next) : -1;
        return end >= 0 ? end : UpperWordEnd(text, at);
    }

    /// <summary>Begin characters as many as can be, of which the last may have to be the one character of the rest that is needed.</summary>
    private static int LowerWordEnd(ReadOnlySpan<char> text, int at)
    {
        int begin = CharacterClasses.Skip(text, at, Begin);
        int end = CharacterClasses.Skip(text, begin, Rest);
        for (int before = begin; end == begin && before > at;)
        {
            int last = PatternMachine.Before(text, before);
            if ((CharacterClasses.At(text, last) & Rest) != 0)
            {
                return before;
            }

            before = last;
        }

        return end > begin ? end : -1;
    }

    private static int UpperWordEnd(ReadOnlySpan<char> text, int at)
    {
        int begin = CharacterClasses.Skip(text, at, Begin);
        return begin > at ? CharacterClasses.Skip(text, begin, Rest) : -1;
    }
}
