using System.Buffers.Binary;
using System.Text.Json;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Checkpoints;

/// <summary>One tensor of a safetensors header.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The element type, such as <c>F32</c> or <c>I64</c>.</param>
/// <param name="Shape">The sizes of the dimensions.</param>
/// <param name="Begin">The first byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte.</param>
internal sealed record SafetensorsEntry(string Name, string Type, TensorShape Shape, long Begin, long End);

/// <summary>The table of contents of a safetensors file, checked completely: every byte of the data belongs to exactly one tensor.</summary>
internal sealed class SafetensorsHeader
{
    private const long MostBytes = 100_000_000;
    private const string CopyAgain = "The file is damaged or was not copied completely; download or copy it again.";
    private const string WriteAgain = "Write the file again with a safetensors library.";

    private readonly string _path;
    private readonly List<SafetensorsEntry> _entries = [];
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private SafetensorsHeader(string path, long dataStart)
    {
        _path = path;
        DataStart = dataStart;
    }

    /// <summary>The position in the file at which the tensors' bytes begin.</summary>
    public long DataStart { get; }

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => _entries;

    /// <summary>Free text the writer stored.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Reads and checks the header.</summary>
    /// <exception cref="CheckpointException">Anything is not as the format says.</exception>
    public static SafetensorsHeader Parse(string path, MappedFile file)
    {
        if (file.Length < 8)
        {
            throw new CheckpointException(path, $"{file.Length} bytes are too few for a safetensors file", CopyAgain);
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(0, 8).ToArray());
        if (length > MostBytes)
        {
            throw new CheckpointException(path, $"the header claims {length} bytes; at most {MostBytes} are allowed", CopyAgain);
        }

        if (length > (ulong)(file.Length - 8))
        {
            throw new CheckpointException(path, $"the header claims {length} bytes, but only {file.Length - 8} follow", CopyAgain);
        }

        SafetensorsHeader header = new(path, 8 + (long)length);
        header.ReadJson(file.Slice(8, (long)length).ToArray());
        header.CheckLayout(file.Length - header.DataStart);
        return header;
    }

    private void ReadJson(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Wrong("the header is not a JSON object", WriteAgain);
            }

            HashSet<string> names = new(StringComparer.Ordinal);
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                string name = property.Name;
                if (!names.Add(name))
                {
                    throw Wrong($"the tensor '{name}' is listed twice", WriteAgain);
                }

                if (name == "__metadata__")
                {
                    ReadMetadata(property.Value);
                }
                else
                {
                    _entries.Add(ReadEntry(name, property.Value));
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Text that is not UTF-8 shows up as an InvalidOperationException when a string is taken out.
            throw new CheckpointException(_path, $"the header is not JSON ({e.Message})", CopyAgain, e);
        }
    }

    private void ReadMetadata(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || json.EnumerateObject().Any(p => p.Value.ValueKind != JsonValueKind.String))
        {
            throw Wrong("'__metadata__' is not an object of strings", WriteAgain);
        }

        foreach (JsonProperty property in json.EnumerateObject())
        {
            _metadata[property.Name] = property.Value.GetString()!;
        }
    }

    private SafetensorsEntry ReadEntry(string name, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("dtype", out JsonElement type) || type.ValueKind != JsonValueKind.String
            || !json.TryGetProperty("shape", out JsonElement sizes) || sizes.ValueKind != JsonValueKind.Array
            || !json.TryGetProperty("data_offsets", out JsonElement offsets) || offsets.ValueKind != JsonValueKind.Array
            || json.EnumerateObject().DistinctBy(property => property.Name).Count() != json.GetPropertyCount())
        {
            throw Wrong($"the tensor '{name}' does not have one dtype, shape and data_offsets each", WriteAgain);
        }

        if (offsets.GetArrayLength() != 2
            || !TryGetInt64(offsets[0], out long begin) || !TryGetInt64(offsets[1], out long end) || begin < 0 || end < begin)
        {
            throw Wrong($"the tensor '{name}' has the data_offsets {offsets.GetRawText()}; two increasing numbers are needed", WriteAgain);
        }

        string typeName = type.GetString()!;
        int bits = SafetensorsType.Bits(typeName)
            ?? throw Wrong($"the tensor '{name}' has the unknown dtype '{typeName}'", "Convert it to F32, F16 or BF16.");
        TensorShape shape = ReadShape(name, sizes);
        if ((Int128)Count(name, shape) * bits != (Int128)(end - begin) * 8)
        {
            throw Wrong(
                $"the tensor '{name}' is {typeName} {shape}, but its data_offsets {begin} … {end} hold {end - begin} bytes", WriteAgain);
        }

        return new SafetensorsEntry(name, typeName, shape, begin, end);
    }

    private TensorShape ReadShape(string name, JsonElement sizes)
    {
        int[] dimensions = new int[sizes.GetArrayLength()];
        int index = 0;
        foreach (JsonElement size in sizes.EnumerateArray())
        {
            if (!TryGetInt64(size, out long value) || value is < 0 or > int.MaxValue)
            {
                throw Wrong(
                    $"the tensor '{name}' has the dimension {size.GetRawText()}; dimensions are 0 … {int.MaxValue}", WriteAgain);
            }

            dimensions[index++] = (int)value;
        }

        return new TensorShape(dimensions);
    }

    private long Count(string name, TensorShape shape)
    {
        try
        {
            return shape.Count;
        }
        catch (OverflowException e)
        {
            throw new CheckpointException(_path, $"the tensor '{name}' of shape {shape} has more values than can be counted", WriteAgain, e);
        }
    }

    private void CheckLayout(long dataLength)
    {
        _entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long at = 0;
        foreach (SafetensorsEntry entry in _entries)
        {
            if (entry.End > dataLength)
            {
                throw Wrong($"the tensor '{entry.Name}' ends at byte {entry.End}, but the data has {dataLength}", CopyAgain);
            }

            if (entry.Begin != at)
            {
                string relation = entry.Begin < at ? "overlaps the tensor before it" : "leaves a hole before it";
                throw Wrong($"the tensor '{entry.Name}' begins at byte {entry.Begin} and {relation}, which ends at {at}", WriteAgain);
            }

            at = entry.End;
        }

        if (at != dataLength)
        {
            throw Wrong($"{dataLength - at} bytes after the last tensor belong to none", WriteAgain);
        }
    }

    private static bool TryGetInt64(JsonElement json, out long value)
    {
        value = 0;
        return json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out value);
    }

    private CheckpointException Wrong(string problem, string remedy) => new(_path, problem, remedy);
}
