using System.Text;

namespace Ibke.Runtime.Editing;

/// <summary>Brings questions and answers into a form in which equal ones are equal strings.</summary>
internal static class FactText
{
    /// <summary>Whether two answers say the same: case, spacing and a final period do not count.</summary>
    public static bool SameAnswer(string left, string right) =>
        string.Equals(Normalize(left, "."), Normalize(right, "."), StringComparison.Ordinal);

    /// <summary>Whether an answer stands in a longer text as whole words; case and spacing do not count.</summary>
    public static bool Mentions(string text, string answer)
    {
        string within = Normalize(text, ""), wanted = Normalize(answer, ".");
        for (int at = within.IndexOf(wanted, StringComparison.Ordinal); wanted.Length > 0 && at >= 0; at = within.IndexOf(wanted, at + 1, StringComparison.Ordinal))
        {
            int end = at + wanted.Length;
            if ((at == 0 || !Joins(within[at - 1], within[at])) && (end == within.Length || !Joins(within[end - 1], within[end])))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A question without differences of case, spacing and final punctuation.</summary>
    public static string NormalizeQuestion(string question) => Normalize(question, "?.!");

    /// <summary>Single spaces, no final punctuation; the case is kept.</summary>
    public static string Trim(string text, string finalPunctuation)
    {
        StringBuilder result = new(text.Length);
        foreach (char c in text)
        {
            if (!char.IsWhiteSpace(c))
            {
                result.Append(c);
            }
            else if (result.Length > 0 && result[^1] != ' ')
            {
                result.Append(' ');
            }
        }

        int end = result.Length;
        while (end > 0 && (result[end - 1] == ' ' || finalPunctuation.Contains(result[end - 1])))
        {
            end--;
        }

        return result.ToString(0, end);
    }

    private static bool Joins(char left, char right) => char.IsLetterOrDigit(left) && char.IsLetterOrDigit(right);

    private static string Normalize(string text, string finalPunctuation) =>
        Compose(Trim(text, finalPunctuation)).ToUpperInvariant();

    // Normalisation throws on lone surrogates; such text is compared as it is.
    private static string Compose(string text)
    {
        try
        {
            return text.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            return text;
        }
    }
}
