using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Ibke.Runtime.Training.Data;

/// <summary>A value in a line of a JSON lines file; it knows its place for messages. A property that is null counts as missing.</summary>
internal sealed class JsonField
{
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false };

    private readonly string _file;
    private readonly int _line;
    private readonly JsonField? _owner;
    private readonly string _name;

    private JsonField(string file, int line, JsonField? owner, string name, JsonElement value)
    {
        _file = file;
        _line = line;
        _owner = owner;
        _name = name;
        Value = value;
    }

    /// <summary>The value.</summary>
    public JsonElement Value { get; }

    /// <summary>Reads a line.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="line">The number of the line, for messages.</param>
    /// <param name="bytes">One JSON object in UTF-8.</param>
    /// <exception cref="TrainingDataException">It is something else, or holds a text that no encoding of Unicode can hold.</exception>
    public static JsonField Parse(string file, int line, ReadOnlyMemory<byte> bytes)
    {
        bytes = line == 1 && bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        if (!Utf8.IsValid(bytes.Span))
        {
            throw new TrainingDataException(file, line, "The line is not UTF-8. Convert the file.");
        }

        try
        {
            JsonDocument document = JsonDocument.Parse(bytes, _strict);
            JsonField root = new(file, line, null, "", document.RootElement);
            root.RequireObject(bytes.Span.Contains((byte)'\\'));
            return root;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A key with half an escaped surrogate pair shows up as an InvalidOperationException.
            throw new TrainingDataException(file, line, $"The line is not JSON ({e.Message.TrimEnd('.')}). Give one object a line.", e);
        }
    }

    /// <summary>The object whose JSON is the value, a text.</summary>
    public JsonField ParseText()
    {
        string text = Text();
        try
        {
            JsonField inner = new(_file, _line, _owner, _name, JsonDocument.Parse(text, _strict).RootElement);
            inner.RequireObject(text.Contains('\\', StringComparison.Ordinal));
            return inner;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw Unusable($"is no JSON ({e.Message.TrimEnd('.')}).", e);
        }
    }

    /// <summary>A property that has a value.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out JsonField? field)
    {
        field = Value.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? new JsonField(_file, _line, this, name, value)
            : null;
        return field is not null;
    }

    /// <summary>A property that must have a value.</summary>
    public JsonField Get(string name) => TryGet(name, out JsonField? field) ? field
        : throw (Path.Length == 0 ? Wrong($"'{name}' is missing.") : Wrong($"'{Path}.{name}' is missing."));

    /// <summary>The items of a list.</summary>
    public IReadOnlyList<JsonField> Items()
    {
        Require(JsonValueKind.Array, "a list");
        return [.. Value.EnumerateArray().Select((item, i) => new JsonField(_file, _line, this, $"[{i}]", item))];
    }

    /// <summary>The text.</summary>
    public string Text()
    {
        Require(JsonValueKind.String, "a text");
        return Value.GetString()!;
    }

    /// <summary>The truth value.</summary>
    public bool Flag() => Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Expected("true or false"),
    };

    /// <summary>The number, as the factor of a loss.</summary>
    public float Weight() => Value.ValueKind == JsonValueKind.Number && Value.TryGetSingle(out float weight) && float.IsFinite(weight) && weight >= 0
        ? weight
        : throw Expected("a number of 0 or more");

    /// <summary>Checks what the value is.</summary>
    public void Require(JsonValueKind kind, string expected)
    {
        if (Value.ValueKind != kind)
        {
            throw Expected(expected);
        }
    }

    /// <summary>The error of this value.</summary>
    /// <param name="problem">A sentence that goes on after the name of the field.</param>
    /// <param name="inner">What it follows from, if anything.</param>
    public TrainingDataException Unusable(string problem, Exception? inner = null) => Wrong(Path.Length == 0 ? $"The line {problem}" : $"'{Path}' {problem}", inner);

    private string Path => _owner is null ? "" : _name.StartsWith('[') || _owner.Path.Length == 0 ? _owner.Path + _name : $"{_owner.Path}.{_name}";

    private TrainingDataException Expected(string expected)
    {
        string found = Value.GetRawText();
        return Unusable($"must be {expected}, found {(found.Length <= 60 ? found : $"{found.AsSpan(0, 57)}...")}.");
    }

    private TrainingDataException Wrong(string problem, Exception? inner = null) => new(_file, _line, problem, inner);

    private void RequireObject(bool hasEscapes)
    {
        Require(JsonValueKind.Object, "an object");
        if (hasEscapes)
        {
            RequireWholeCharacters();
        }
    }

    // Half an escaped surrogate pair is valid JSON, but no text.
    private void RequireWholeCharacters()
    {
        switch (Value.ValueKind)
        {
            case JsonValueKind.String:
                try
                {
                    _ = Value.GetString();
                }
                catch (InvalidOperationException e)
                {
                    throw Unusable("holds half a surrogate pair. Write whole characters.", e);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonField item in Items())
                {
                    item.RequireWholeCharacters();
                }

                break;
            case JsonValueKind.Object:
                foreach (string name in Names())
                {
                    if (TryGet(name, out JsonField? field))
                    {
                        field.RequireWholeCharacters();
                    }
                }

                break;
        }
    }

    private List<string> Names()
    {
        try
        {
            return [.. Value.EnumerateObject().Select(property => property.Name)];
        }
        catch (InvalidOperationException e)
        {
            throw Unusable("has a name that holds half a surrogate pair. Write whole characters.", e);
        }
    }
}
