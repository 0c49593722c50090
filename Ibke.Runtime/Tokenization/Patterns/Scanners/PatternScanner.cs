namespace Ibke.Runtime.Tokenization.Patterns.Scanners;

/// <summary>
/// A published pattern, written by hand. It matches what the expression does, many times as fast. Immutable and thread-safe.
/// </summary>
internal abstract class PatternScanner
{
    private static readonly Dictionary<string, PatternScanner> s_byPattern = new(StringComparer.Ordinal)
    {
        [Published.Gpt2] = new Gpt2Scanner(),
        [Published.Gpt2Short] = new Gpt2Scanner(),
        [Published.Llama3] = new Cl100kScanner(mostDigits: 3, wordsHaveMarks: false),
        [Published.Cl100k] = new Cl100kScanner(mostDigits: 3, wordsHaveMarks: false),
        [Published.Qwen2] = new Cl100kScanner(mostDigits: 1, wordsHaveMarks: false),
        [Published.Qwen35] = new Cl100kScanner(mostDigits: 1, wordsHaveMarks: true),
        [Published.O200k] = new O200kScanner(mostDigits: 3, hasContractions: true),
        [Published.Tekken] = new O200kScanner(mostDigits: 1, hasContractions: false),
        [Published.DeepSeek3] = new DeepSeekScanner(),
    };

    /// <summary>The patterns that have a scanner.</summary>
    public static IEnumerable<string> Patterns => s_byPattern.Keys;

    /// <summary>The scanner of a pattern, or null.</summary>
    public static PatternScanner? For(string pattern) => s_byPattern.GetValueOrDefault(pattern);

    /// <summary>The end of the match that begins at a place, or -1.</summary>
    /// <param name="text">Without lone surrogates.</param>
    /// <param name="at">Before the end of the text, and not inside a character.</param>
    public abstract int End(ReadOnlySpan<char> text, int at);

    /// <summary>Matches <c>\s*[\r\n]+|\s+(?!\S)|\s+</c>.</summary>
    protected static int WhiteSpaceEnd(ReadOnlySpan<char> text, int at)
    {
        int end = at;
        int lineEnd = -1;
        while (end < text.Length && CharacterClasses.At(text, end) is CharacterClass found && (found & CharacterClass.WhiteSpace) != 0)
        {
            end++;
            lineEnd = found == CharacterClass.LineEnd ? end : lineEnd;
        }

        return lineEnd >= 0 ? lineEnd : BeforeText(text, at, end);
    }

    /// <summary>Matches <c>\s+(?!\S)|\s+</c>, where the white space reaches up to <paramref name="end"/>: one is left for the word behind it.</summary>
    protected static int BeforeText(ReadOnlySpan<char> text, int at, int end) => end == text.Length || end == at + 1 ? end : end - 1;

    /// <summary>The end of <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)</c>, or -1.</summary>
    protected static int ContractionEnd(ReadOnlySpan<char> text, int at)
    {
        if (at + 1 >= text.Length || text[at] != '\'')
        {
            return -1;
        }

        // The long s is an s in lower case.
        char first = (char)(text[at + 1] | ' ');
        if (first is 's' or 't' or 'm' or 'd' && char.IsAscii(text[at + 1]) || text[at + 1] == '\u017F')
        {
            return at + 2;
        }

        if (at + 2 >= text.Length || !char.IsAscii(text[at + 1]) || !char.IsAscii(text[at + 2]))
        {
            return -1;
        }

        return (first, (char)(text[at + 2] | ' ')) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? at + 3 : -1;
    }
}
