using System.Buffers;

namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>Finds where a JSON object or array ends by its brackets, before it is whole and without reading it.</summary>
internal static class JsonExtent
{
    private static readonly SearchValues<char> _signs = SearchValues.Create("\"{}[]");
    private static readonly SearchValues<char> _signsAndTag = SearchValues.Create("\"{}[]<");

    /// <summary>The place behind the value.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="start">Where the value's first bracket stands.</param>
    /// <param name="stop">A text, beginning with <c>&lt;</c>, that ends the value wherever it stands outside a string, for a value whose brackets do not match.</param>
    /// <returns>The place behind the last bracket, or of the stop; −1 where neither has come yet.</returns>
    public static int End(string text, int start, string? stop = null)
    {
        SearchValues<char> signs = stop is null ? _signs : _signsAndTag;
        int depth = 0;
        int place = start;
        while (true)
        {
            int next = text.AsSpan(place).IndexOfAny(signs);
            if (next < 0)
            {
                return -1;
            }

            place += next;
            switch (text[place])
            {
                case '"':
                    place = EndOfString(text, place + 1);
                    if (place < 0)
                    {
                        return -1;
                    }

                    break;
                case '{' or '[':
                    depth++;
                    place++;
                    break;
                case '}' or ']':
                    place++;
                    if (--depth <= 0)
                    {
                        return place;
                    }

                    break;
                default:
                    if (stop is not null && string.CompareOrdinal(text, place, stop, 0, stop.Length) == 0)
                    {
                        return place;
                    }

                    place++;
                    break;
            }
        }
    }

    /// <summary>The place of the first character that is no white space, the text's length where there is none.</summary>
    public static int SkipSpace(string text, int start)
    {
        int i = start;
        while (i < text.Length && char.IsWhiteSpace(text[i]))
        {
            i++;
        }

        return i;
    }

    /// <summary>The place behind the quotation mark that ends a string, or −1.</summary>
    private static int EndOfString(string text, int start)
    {
        int place = start;
        while (place <= text.Length && text.AsSpan(place).IndexOfAny('"', '\\') is >= 0 and int next)
        {
            place += next;
            if (text[place] == '"')
            {
                return place + 1;
            }

            // A backslash and what it escapes.
            place += 2;
        }

        return -1;
    }
}
