using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge.Sources;

/// <summary>Opens facts by the name of their place.</summary>
public static class FactSources
{
    /// <summary>What is wrong with a place, as a sentence; null where nothing is.</summary>
    public static string? FindProblem(string? place) =>
        string.IsNullOrWhiteSpace(place) ? "It is missing. Give a .csv or .json file of facts, or an http address."
        : IsAddress(place) ? null
        : !File.Exists(place) ? $"There is no file {place}. Give a .csv or .json file of facts, or an http address."
        : Path.GetExtension(place).ToLowerInvariant() is ".csv" or ".json" ? null
        : $"{place}: facts are read from .csv and .json files, and from http addresses.";

    /// <summary>A file of facts, or an endpoint that gives them.</summary>
    /// <param name="place">A .csv or .json file, or an http address.</param>
    /// <param name="card">The wordings that ask the same.</param>
    /// <param name="client">Asks addresses; stays the caller's.</param>
    /// <param name="kind">See <see cref="IFactSource.Class"/>; null for the usual name.</param>
    /// <exception cref="ArgumentException">The place cannot be used; see <see cref="FindProblem"/>.</exception>
    public static IFactCatalog Open(string place, ModelCard card, HttpClient client, string? kind = null)
    {
        if (FindProblem(place) is { } problem)
        {
            throw new ArgumentException(problem, nameof(place));
        }

        return IsAddress(place) ? new HttpFactSource(client, new Uri(place), card) { Class = kind ?? "endpoint" }
            : Path.GetExtension(place).Equals(".csv", StringComparison.OrdinalIgnoreCase) ? new CsvFactSource(place, card) { Class = kind ?? "file" }
            : new JsonFactSource(place, card) { Class = kind ?? "file" };
    }

    private static bool IsAddress(string place) =>
        Uri.TryCreate(place, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);
}
