using System.Text;

namespace Ibke.Runtime.Tokenization;

/// <summary>
/// Marks tokens that a text only quotes, so that they are encoded as ordinary characters. The mark is a private character behind the first
/// character of a token, where it hides the token from those who look for it; where the character itself stands in a text, it is doubled.
/// </summary>
internal static class LiteralText
{
    private const char Mark = '\uF8FE';

    /// <summary>The text with its tokens marked. A text without any stays as it is.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="tokens">What is to be read as characters. A token of a single character cannot be told from text, and is not marked.</param>
    public static string MarkTokens(string text, IEnumerable<string> tokens)
    {
        string marked = text.Replace($"{Mark}", $"{Mark}{Mark}", StringComparison.Ordinal);
        foreach (string token in tokens)
        {
            int first = token.Length > 0 && char.IsHighSurrogate(token[0]) ? 2 : 1;
            if (token.Length > first)
            {
                marked = marked.Replace(token, $"{token[..first]}{Mark}{token[first..]}", StringComparison.Ordinal);
            }
        }

        return marked;
    }

    /// <summary>The text without its marks.</summary>
    public static string Unmark(string text)
    {
        if (!text.Contains(Mark, StringComparison.Ordinal))
        {
            return text;
        }

        StringBuilder plain = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != Mark)
            {
                plain.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == Mark)
            {
                plain.Append(text[++i]);
            }
        }

        return plain.ToString();
    }
}
