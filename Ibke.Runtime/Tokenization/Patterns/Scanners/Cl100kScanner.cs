namespace Ibke.Runtime.Tokenization.Patterns.Scanners;

/// <summary>Scans <see cref="Published.Llama3"/> and its kin.</summary>
/// <param name="mostDigits">The most numbers in a piece.</param>
/// <param name="wordsHaveMarks">Whether marks belong to words.</param>
internal sealed class Cl100kScanner(int mostDigits, bool wordsHaveMarks) : PatternScanner
{
    private readonly CharacterClass _word = wordsHaveMarks ? CharacterClass.Letter | CharacterClass.Mark : CharacterClass.Letter;

    /// <inheritdoc/>
    public override int End(ReadOnlySpan<char> text, int at)
    {
        CharacterClass found = CharacterClasses.At(text, at, out int length);
        if ((found & _word) != 0)
        {
            return CharacterClasses.Skip(text, at, _word);
        }

        if (found == CharacterClass.Number)
        {
            return NumberEnd(text, at, mostDigits);
        }

        int next = at + length;
        if (text[at] == '\'' && ContractionEnd(text, at) is int contraction and >= 0)
        {
            return contraction;
        }

        CharacterClass second = CharacterClasses.At(text, next);
        if (found != CharacterClass.LineEnd && (second & _word) != 0)
        {
            return CharacterClasses.Skip(text, next, _word);
        }

        CharacterClass notSymbol = _word | CharacterClass.Number | CharacterClass.WhiteSpace;
        int symbols = text[at] == ' ' ? next : at;
        if (symbols < text.Length && (CharacterClasses.At(text, symbols) & notSymbol) == 0)
        {
            return CharacterClasses.Skip(text, CharacterClasses.SkipOthers(text, symbols, notSymbol), CharacterClass.LineEnd);
        }

        return WhiteSpaceEnd(text, at);
    }

    /// <summary>The end of so many numbers at most.</summary>
    internal static int NumberEnd(ReadOnlySpan<char> text, int at, int most)
    {
        for (int i = 0; i < most && at < text.Length && CharacterClasses.At(text, at, out int length) == CharacterClass.Number; i++)
        {
            at += length;
        }

        return at;
    }
}
