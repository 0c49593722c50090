namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>Compares a call that a template wrote with the way a format writes them, white space aside.</summary>
internal static class SyntaxFit
{
    /// <summary>The syntax with the white space the template puts into it, or null where the template writes calls in another way.</summary>
    /// <param name="text">A conversation with one call.</param>
    /// <param name="name">Where the function's name stands.</param>
    /// <param name="nameLength">The name's length.</param>
    /// <param name="argument">Where the name of its only argument stands; −1 where it does not.</param>
    /// <param name="syntax">The format's.</param>
    public static CallSyntax? TryFit(string text, int name, int nameLength, int argument, CallSyntax syntax)
    {
        int before = StartOf(syntax.BeforeName, text, name);
        int open = before < 0 ? -1 : StartOf(syntax.Open, text, before);
        if (open < 0)
        {
            return null;
        }

        CallSyntax fitted = syntax with { Open = text[open..before], BeforeName = text[before..name] };
        int brace = argument < 0 || !syntax.ArgumentsAreJson ? -1 : text.LastIndexOf('{', argument, argument - name);
        return brace < 0 ? fitted : WithArguments(fitted, text, name + nameLength, brace);
    }

    private static CallSyntax WithArguments(CallSyntax syntax, string text, int behindName, int brace)
    {
        int behind = new JsonExtent().End(text, brace);
        int end = behind < 0 ? -1 : EndOf(syntax.AfterArguments, text, behind);
        string afterName = text[behindName..brace].TrimEnd();
        return syntax with
        {
            // An id between the name and the arguments belongs to one call.
            AfterName = afterName.Contains(CallProbe.Id, StringComparison.Ordinal) ? syntax.AfterName : afterName,
            AfterArguments = end < 0 ? syntax.AfterArguments : text[behind..end],
        };
    }

    /// <summary>Where a piece that ends at a place begins, or −1.</summary>
    private static int StartOf(string piece, string text, int end)
    {
        int start = end;
        foreach (char c in piece.Where(static c => !char.IsWhiteSpace(c)).Reverse())
        {
            do
            {
                start--;
            }
            while (start >= 0 && char.IsWhiteSpace(text[start]));
            if (start < 0 || text[start] != c)
            {
                return -1;
            }
        }

        return start;
    }

    /// <summary>Where a piece that begins at a place ends, or −1.</summary>
    private static int EndOf(string piece, string text, int start)
    {
        int end = start;
        foreach (char c in piece.Where(static c => !char.IsWhiteSpace(c)))
        {
            end = JsonExtent.SkipSpace(text, end);
            if (end == text.Length || text[end++] != c)
            {
                return -1;
            }
        }

        return end;
    }
}
