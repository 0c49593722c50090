using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Runtime.Knowledge.Sweeps;

/// <summary>How far a sweep is and what it found, as its file keeps it.</summary>
/// <param name="Fingerprint">Of the facts it goes through.</param>
/// <param name="Done">Facts looked at.</param>
/// <param name="Found">What was found.</param>
internal sealed record SweepState(string Fingerprint, int Done, IReadOnlyList<SweptFact> Found)
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Where to go on; the beginning where there is no file, or it is of other facts.</summary>
    public static SweepState Read(string? path, IReadOnlyList<CatalogFact> facts)
    {
        SweepState begin = new(FingerprintOf(facts), 0, []);
        try
        {
            return path is not null && File.Exists(path) && JsonSerializer.Deserialize<SweepState>(File.ReadAllText(path), _json) is { } known
                && known.Fingerprint == begin.Fingerprint && known.Done <= facts.Count && known.Found is not null ? known : begin;
        }
        catch (JsonException)
        {
            return begin;
        }
    }

    /// <summary>Keeps it; the file is there as a whole or not at all.</summary>
    public void Write(string? path)
    {
        if (path is not null)
        {
            WholeFile.Write(path, JsonSerializer.Serialize(this, _json));
        }
    }

    private static string FingerprintOf(IReadOnlyList<CatalogFact> facts)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (CatalogFact fact in facts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(fact, _json)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
