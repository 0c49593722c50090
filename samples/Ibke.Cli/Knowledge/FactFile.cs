using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Cli.Knowledge;

/// <summary>Opens facts that an option names.</summary>
internal static class FactFile
{
    /// <summary>A file of facts, or an address that gives them.</summary>
    /// <exception cref="CommandException">There is no such file, or it is of another kind.</exception>
    public static IFactCatalog Open(string place, ModelCard card, HttpClient client)
    {
        if (Uri.TryCreate(place, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https")
        {
            return new HttpFactSource(client, address!, card);
        }

        if (!File.Exists(place))
        {
            throw new CommandException($"No file {place}. Give a .csv or .json file of facts, or an http address.");
        }

        return Path.GetExtension(place).ToLowerInvariant() switch
        {
            ".csv" => new CsvFactSource(place, card),
            ".json" => new JsonFactSource(place, card),
            string other => throw new CommandException($"{place}: facts are read from .csv and .json files, not {other}."),
        };
    }
}
