using System.CommandLine.Parsing;
using System.Globalization;

namespace Ibke.Cli.Scoring;

/// <summary>Whole numbers from 1, with commas between them.</summary>
internal static class NumberList
{
    /// <summary>Reads the value of an option; a wrong one is reported.</summary>
    public static IReadOnlyList<int> Parse(string name, ArgumentResult result)
    {
        List<int> numbers = [];
        foreach (string text in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1)
            {
                result.AddError($"{name} has '{text}', but takes whole numbers from 1 with commas between them, such as 1,10,50.");
                return [];
            }

            numbers.Add(number);
        }

        return numbers;
    }
}
