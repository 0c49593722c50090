namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>Finds where a JSON object or array ends by its brackets, before it is whole and without reading it.</summary>
internal static class JsonExtent
{
    /// <summary>The place behind the value.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="start">Where the value's first bracket stands.</param>
    /// <param name="stop">A text that ends the value wherever it stands outside a string, for a value whose brackets do not match.</param>
    /// <returns>The place behind the last bracket, or of the stop; −1 where neither has come yet.</returns>
    public static int End(string text, int start, string? stop = null)
    {
        int depth = 0;
        bool inString = false;
        for (int i = start; i < text.Length; i++)
        {
            char c = text[i];
            if (inString)
            {
                i += c == '\\' ? 1 : 0;
                inString = c != '"';
            }
            else if (c == '"')
            {
                inString = true;
            }
            else if (c is '{' or '[')
            {
                depth++;
            }
            else if (c is '}' or ']')
            {
                if (--depth <= 0)
                {
                    return i + 1;
                }
            }
            else if (stop is not null && c == stop[0] && string.CompareOrdinal(text, i, stop, 0, stop.Length) == 0)
            {
                return i;
            }
        }

        return -1;
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
}
