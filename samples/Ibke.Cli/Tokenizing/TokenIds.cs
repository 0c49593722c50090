using System.Globalization;

namespace Ibke.Cli.Tokenizing;

/// <summary>Token ids as people and programs write them.</summary>
internal static class TokenIds
{
    /// <summary>Numbers with white space or commas between, in brackets or not.</summary>
    /// <exception cref="CommandException">Something is no number.</exception>
    public static IReadOnlyList<int> Read(string text)
    {
        string inner = text.Trim();
        inner = inner.StartsWith('[') && inner.EndsWith(']') ? inner[1..^1] : inner;
        return [.. inner.Split([' ', ',', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(ReadOne)];
    }

    private static int ReadOne(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
        ? id
        : throw new CommandException($"'{text}' is no token id (--ids). Give whole numbers from 0, with spaces or commas between.");
}
