using System.Text;

namespace Ibke.Runtime.Templates.Values;

/// <summary>
/// A text marked by <c>safe</c> or <c>escape</c>, as Python's <c>Markup</c>: a string like any other, but what is added to it or put into it
/// is escaped for HTML first. Printing it gives the text as it is.
/// </summary>
internal sealed record SafeText(string Text)
{
    /// <summary>The plain string of a marked one; any other value as it is.</summary>
    public static object? Unmark(object? value) => value is SafeText safe ? safe.Text : value;

    /// <summary>A text as it stands in a marked one: a plain string is escaped, a marked one is not.</summary>
    public static object? Enter(object? value, RenderBudget budget) => value switch
    {
        SafeText safe => safe.Text,
        string text => Escape(text, budget),
        _ => value,
    };

    /// <summary>The text with <c>&amp; &lt; &gt; " '</c> as HTML entities.</summary>
    public static string Escape(string text, RenderBudget budget)
    {
        StringBuilder result = new(text.Length);
        foreach (char c in text)
        {
            _ = c switch
            {
                '&' => result.Append("&amp;"),
                '<' => result.Append("&lt;"),
                '>' => result.Append("&gt;"),
                '"' => result.Append("&#34;"),
                '\'' => result.Append("&#39;"),
                _ => result.Append(c),
            };
        }

        budget.ChargeText(result.Length);
        return result.ToString();
    }
}
