using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Ibke.Runtime.Checkpoints;

/// <summary>A typed reader over a JSON file of a model folder, such as <c>config.json</c>, or over an object in it.</summary>
/// <remarks>
/// Immutable and thread-safe. A key whose value is <c>null</c> counts as missing. Errors name the file, the key and what was found.
/// </remarks>
public sealed class ConfigFile
{
    private readonly JsonElement _json;
    private readonly string _prefix;

    private ConfigFile(string path, JsonElement json, string prefix)
    {
        Path = path;
        _json = json;
        _prefix = prefix;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The keys that have a value, in the order of the file.</summary>
    public IEnumerable<string> Keys => _json.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null).Select(p => p.Name);

    /// <summary>The JSON object itself.</summary>
    public JsonElement Json => _json;

    /// <summary>Reads a file.</summary>
    /// <exception cref="CheckpointException">It is missing, not readable, or not a JSON object.</exception>
    public static ConfigFile Open(string folder, string fileName = "config.json")
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = System.IO.Path.Combine(folder, fileName);
        try
        {
            ReadOnlyMemory<byte> bytes = File.ReadAllBytes(path);
            if (!Utf8.IsValid(bytes.Span))
            {
                throw new CheckpointException(path, "the file is not UTF-8", "Copy the file again.");
            }

            bytes = bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
            using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new ConfigFile(path, document.RootElement.Clone(), "")
                : throw new CheckpointException(path, $"an object is expected, found {Describe(document.RootElement)}", "Copy the file again.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CheckpointException(path, "the file does not exist", "Check the folder, and whether every file was copied.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"the file cannot be read ({e.Message})", "Check its permissions and the disk.", e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A key with half an escaped surrogate pair shows up as an InvalidOperationException.
            throw new CheckpointException(path, $"the file is not JSON ({e.Message})", "Copy the file again.", e);
        }
    }

    /// <summary>Reads a file that may be missing; null where it is.</summary>
    /// <exception cref="CheckpointException">It is there, but not readable or not a JSON object.</exception>
    public static ConfigFile? TryOpen(string folder, string fileName) =>
        File.Exists(System.IO.Path.Combine(folder, fileName)) ? Open(folder, fileName) : null;

    /// <summary>Whether a key has a value other than <c>null</c>.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>A whole number; <c>2.0</c> counts as one.</summary>
    /// <exception cref="CheckpointException">It is missing or something else.</exception>
    public int GetInt(string key) => ToInt(key, Required(key, "a whole number"));

    /// <summary>A whole number, or the given one where the key is missing.</summary>
    /// <exception cref="CheckpointException">It is something else.</exception>
    public int GetInt(string key, int missing) => Find(key) is JsonElement json ? ToInt(key, json) : missing;

    /// <summary>A finite number.</summary>
    /// <exception cref="CheckpointException">It is missing or something else.</exception>
    public float GetFloat(string key) => ToFloat(key, Required(key, "a number"));

    /// <summary>A finite number, or the given one where the key is missing.</summary>
    /// <exception cref="CheckpointException">It is something else.</exception>
    public float GetFloat(string key, float missing) => Find(key) is JsonElement json ? ToFloat(key, json) : missing;

    /// <summary>A finite number in double precision, or the given one where the key is missing.</summary>
    /// <exception cref="CheckpointException">It is something else.</exception>
    public double GetDouble(string key, double missing) => Find(key) is not JsonElement json ? missing
        : json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out double value) && double.IsFinite(value) ? value
        : throw Wrong(key, "a number", json);

    /// <summary>A whole number; null where the value is <c>null</c>, and the given one where there is no such key at all.</summary>
    /// <exception cref="CheckpointException">It is something else.</exception>
    public int? GetIntOrNull(string key, int? missing) =>
        Find(key) is JsonElement json ? ToInt(key, json) : _json.TryGetProperty(key, out _) ? null : missing;

    /// <summary>A finite number; null where the value is <c>null</c>, and the given one where there is no such key at all.</summary>
    /// <exception cref="CheckpointException">It is something else.</exception>
    public float? GetFloatOrNull(string key, float? missing) =>
        Find(key) is JsonElement json ? ToFloat(key, json) : _json.TryGetProperty(key, out _) ? null : missing;

    /// <summary>A truth value.</summary>
    /// <exception cref="CheckpointException">It is missing or something else.</exception>
    public bool GetBool(string key) => ToBool(key, Required(key, "true or false"));

    /// <summary>A truth value, or the given one where the key is missing.</summary>
    /// <exception cref="CheckpointException">It is something else.</exception>
    public bool GetBool(string key, bool missing) => Find(key) is JsonElement json ? ToBool(key, json) : missing;

    /// <summary>A text.</summary>
    /// <exception cref="CheckpointException">It is missing or something else.</exception>
    public string GetString(string key) => ToText(key, Required(key, "a text"));

    /// <summary>A text, or the given one where the key is missing.</summary>
    /// <exception cref="CheckpointException">It is something else.</exception>
    public string? GetString(string key, string? missing) => Find(key) is JsonElement json ? ToText(key, json) : missing;

    /// <summary>An object, or null where the key is missing.</summary>
    /// <exception cref="CheckpointException">It is something else.</exception>
    public ConfigFile? TryGetObject(string key) => Find(key) switch
    {
        null => null,
        JsonElement { ValueKind: JsonValueKind.Object } json => new ConfigFile(Path, json, $"{_prefix}{key}."),
        JsonElement json => throw Wrong(key, "an object", json),
    };

    /// <summary>A list of objects; empty where the key is missing.</summary>
    /// <exception cref="CheckpointException">It is something else.</exception>
    public IReadOnlyList<ConfigFile> GetObjects(string key) =>
    [
        .. Items(key).Select((json, i) => json.ValueKind == JsonValueKind.Object
            ? new ConfigFile(Path, json, $"{_prefix}{key}[{i}].")
            : throw Wrong($"{key}[{i}]", "an object", json)),
    ];

    /// <summary>Whole numbers: a list, or a single one; empty where the key is missing.</summary>
    /// <exception cref="CheckpointException">It is something else.</exception>
    public IReadOnlyList<int> GetInts(string key) => [.. Items(key).Select(json => ToInt(key, json))];

    /// <summary>Finite numbers: a list, or a single one; empty where the key is missing.</summary>
    /// <exception cref="CheckpointException">It is something else.</exception>
    public IReadOnlyList<float> GetFloats(string key) => [.. Items(key).Select(json => ToFloat(key, json))];

    /// <summary>Texts: a list, or a single one; empty where the key is missing.</summary>
    /// <exception cref="CheckpointException">It is something else.</exception>
    public IReadOnlyList<string> GetStrings(string key) => [.. Items(key).Select(json => ToText(key, json))];

    /// <summary>The error of a key whose value is well-formed, but cannot be used.</summary>
    /// <param name="key">The key in this object; empty for the object itself.</param>
    /// <param name="problem">What is wrong, without a full stop.</param>
    /// <param name="remedy">What to do, as a sentence.</param>
    internal CheckpointException Unusable(string key, string problem, string remedy) =>
        new(Path, $"'{(key.Length == 0 ? _prefix.TrimEnd('.') : _prefix + key)}': {problem}", remedy);

    private static string Describe(JsonElement json)
    {
        string text = json.GetRawText();
        return text.Length <= 60 ? text : $"{text.AsSpan(0, 57)}...";
    }

    private JsonElement? Find(string key) =>
        _json.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private JsonElement Required(string key, string expected) => Find(key)
        ?? throw new CheckpointException(Path, $"the key '{_prefix}{key}' ({expected}) is missing", "Copy the file again, or add the key.");

    private IEnumerable<JsonElement> Items(string key) => Find(key) switch
    {
        null => [],
        JsonElement { ValueKind: JsonValueKind.Array } json => json.EnumerateArray(),
        JsonElement json => [json],
    };

    private int ToInt(string key, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Number)
        {
            if (json.TryGetInt32(out int value))
            {
                return value;
            }

            if (json.TryGetDouble(out double wide) && wide == Math.Floor(wide) && Math.Abs(wide) <= int.MaxValue)
            {
                return (int)wide;
            }
        }

        throw Wrong(key, "a whole number", json);
    }

    private float ToFloat(string key, JsonElement json) =>
        json.ValueKind == JsonValueKind.Number && json.TryGetSingle(out float value) && float.IsFinite(value)
            ? value
            : throw Wrong(key, "a number", json);

    private bool ToBool(string key, JsonElement json) =>
        json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetBoolean() : throw Wrong(key, "true or false", json);

    private string ToText(string key, JsonElement json)
    {
        try
        {
            return json.ValueKind == JsonValueKind.String ? json.GetString()! : throw Wrong(key, "a text", json);
        }
        catch (InvalidOperationException)
        {
            throw Wrong(key, "a text of whole characters", json);
        }
    }

    private CheckpointException Wrong(string key, string expected, JsonElement found) =>
        new(Path, $"the key '{_prefix}{key}' must be {expected}, found {Describe(found)}", "Correct the value.");
}
