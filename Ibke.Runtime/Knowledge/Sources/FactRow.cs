using System.Globalization;

namespace Ibke.Runtime.Knowledge.Sources;

/// <summary>One fact of a file.</summary>
/// <param name="Place">Where it stands, for messages, such as <c>line 7</c>.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">The answer.</param>
/// <param name="AsOf">The day the answer held.</param>
internal sealed record FactRow(string Place, string Question, string Answer, DateOnly? AsOf)
{
    /// <summary>Checks the fields of a row; what is wrong with it is told to <paramref name="report"/>.</summary>
    /// <returns>Null where a field is missing or malformed.</returns>
    public static FactRow? TryParse(string place, string? question, string? answer, string? asOf, Action<string> report)
    {
        DateOnly date = default;
        bool dated = !string.IsNullOrWhiteSpace(asOf);
        if (string.IsNullOrWhiteSpace(question))
        {
            report($"{place}: the question is missing");
        }
        else if (string.IsNullOrWhiteSpace(answer))
        {
            report($"{place}: the answer is missing");
        }
        else if (dated && !DateOnly.TryParseExact(asOf!.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date))
        {
            report($"{place}: as_of is \"{asOf}\", but must be a day such as 2026-03-31");
        }
        else
        {
            return new FactRow(place, question.Trim(), answer.Trim(), dated ? date : null);
        }

        return null;
    }
}
