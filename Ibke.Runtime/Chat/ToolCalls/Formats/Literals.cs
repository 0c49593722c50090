namespace Ibke.Runtime.Chat.ToolCalls.Formats;

/// <summary>Whether a text goes on with another.</summary>
internal enum Continuation
{
    /// <summary>It does not.</summary>
    No,

    /// <summary>The text ends before that is certain.</summary>
    Unknown,

    /// <summary>It does.</summary>
    Yes,
}

/// <summary>Looks at what stands at a place of a text that may break off there.</summary>
internal static class Literals
{
    // Services allow 64, tools of other hosts up to 128.
    private const int MaximumNameLength = 256;

    /// <summary>Whether a text stands at a place.</summary>
    public static Continuation At(string text, int place, string literal)
    {
        int length = Math.Min(literal.Length, text.Length - place);
        return string.CompareOrdinal(text, place, literal, 0, length) != 0 ? Continuation.No
            : length < literal.Length ? Continuation.Unknown
            : Continuation.Yes;
    }

    /// <summary>Whether all characters of a name are such as functions' names have, and it is no longer than any of them.</summary>
    public static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaximumNameLength)
        {
            return false;
        }

        foreach (char c in name)
        {
            if (!char.IsLetterOrDigit(c) && c is not ('_' or '-' or '.' or ':' or '/'))
            {
                return false;
            }
        }

        return true;
    }
}
