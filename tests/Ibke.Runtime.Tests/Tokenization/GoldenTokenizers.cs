using System.Collections.Concurrent;
using System.Text.Json;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Tests.Tokenization;

/// <summary>Reference tokenizers, and what they give for many texts.</summary>
internal static class GoldenTokenizers
{
    private static readonly ConcurrentDictionary<string, Lazy<Tokenizer>> s_loaded = new(StringComparer.Ordinal);

    /// <summary>Their folders.</summary>
    public static IEnumerable<string> All => GoldenFiles.Tokenizers;

    /// <summary>The tokenizer of a folder, loaded once.</summary>
    public static Tokenizer Load(string folder) => s_loaded.GetOrAdd(folder, static path => new Lazy<Tokenizer>(() => Tokenizer.Load(path))).Value;

    /// <summary>Reads a JSON file beside a tokenizer; empty where the committed selection leaves it out.</summary>
    public static JsonElement Read(string folder, string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, name)));
        return document.RootElement.Clone();
    }

    /// <summary>The ids under a key.</summary>
    public static int[] Ids(this JsonElement json, string key) => [.. json.GetProperty(key).EnumerateArray().Select(id => id.GetInt32())];

    /// <summary>The text under a key.</summary>
    public static string Text(this JsonElement json, string key) => json.GetProperty(key).GetString()!;

    /// <summary>The tokenizer of the embedded model.</summary>
    public static Tokenizer Atlas { get; } = Tokenizer.Load(Path.Combine(GoldenFiles.RepositoryRoot, "samples", "models", "atlas"));
}
