using System.Runtime.InteropServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Checkpoints;

/// <summary>A safetensors file, mapped rather than read: opening costs the header alone.</summary>
/// <remarks>
/// Thread-safe. The file stays open for as long as this object or one of its tensors is referenced, so there is nothing to dispose.
/// Values are little-endian in the file and are handed out as they lie there.
/// </remarks>
public sealed class SafetensorsFile
{
    private readonly MappedFile _file;
    private readonly SafetensorsHeader _header;
    private readonly Dictionary<string, SafetensorsEntry> _entries;
    private readonly Dictionary<string, StoredTensor> _tensors = new(StringComparer.Ordinal);

    private SafetensorsFile(string path, MappedFile file, SafetensorsHeader header)
    {
        Path = path;
        _file = file;
        _header = header;
        _entries = header.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        foreach (SafetensorsEntry entry in header.Entries)
        {
            if (SafetensorsType.ToElementType(entry.Type) is ElementType type)
            {
                _tensors.Add(entry.Name, new StoredTensor(entry.Name, type, entry.Shape, BytesOf(entry)));
            }
        }
    }

    /// <summary>The file's path as it was given.</summary>
    public string Path { get; }

    /// <summary>The float32, float16 and bfloat16 tensors by name.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors => _tensors;

    /// <summary>Free text the writer stored, empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Bytes of the whole file.</summary>
    public long Length => _file.Length;

    /// <summary>The names of all tensors, also of those the engine cannot compute with.</summary>
    internal IReadOnlyCollection<string> EntryNames => _entries.Keys;

    /// <summary>Maps and checks a file.</summary>
    /// <exception cref="CheckpointException">It cannot be read, or is not exactly as the format says.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        MappedFile file = MappedFile.Open(path);
        return new SafetensorsFile(path, file, SafetensorsHeader.Parse(path, file));
    }

    /// <summary>The element type under the format's name, such as <c>BF16</c> or <c>I64</c>; null where there is no such tensor.</summary>
    public string? TypeOf(string name) => _entries.GetValueOrDefault(name)?.Type;

    /// <summary>The values of a tensor of integers or truth values, widened.</summary>
    /// <exception cref="CheckpointException">There is no such tensor, it is of another type, or it has more than 2 GiB.</exception>
    public long[] ReadInt64(string name)
    {
        if (!_entries.TryGetValue(name, out SafetensorsEntry? entry))
        {
            throw new CheckpointException(Path, $"there is no tensor '{name}'{SimilarNames.Hint(name, _entries.Keys)}", "Check the name.");
        }

        if (entry.End - entry.Begin > Array.MaxLength)
        {
            throw new CheckpointException(Path, $"the tensor '{name}' has {entry.End - entry.Begin} bytes, too many to be read as integers", "Read it as a tensor.");
        }

        byte[] bytes = BytesOf(entry).ToArray();
        return entry.Type switch
        {
            "I64" => MemoryMarshal.Cast<byte, long>(bytes).ToArray(),
            "I32" => Widen<int>(bytes, value => value),
            "U32" => Widen<uint>(bytes, value => value),
            "I16" => Widen<short>(bytes, value => value),
            "U16" => Widen<ushort>(bytes, value => value),
            "I8" => Widen<sbyte>(bytes, value => value),
            "U8" or "BOOL" => Widen<byte>(bytes, value => value),
            _ => throw new CheckpointException(Path, $"the tensor '{name}' is {entry.Type}, not integers", "Read it as a tensor."),
        };
    }

    /// <summary>The shape of any tensor, also of one the engine cannot compute with.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    public TensorShape ShapeOf(string name) => _entries[name].Shape;

    /// <summary>Consecutive bytes of the whole file, header included.</summary>
    internal StoredBytes Slice(long offset, long length) => _file.Slice(offset, length);

    private static long[] Widen<T>(ReadOnlySpan<byte> bytes, Func<T, long> widen)
        where T : unmanaged
    {
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(bytes);
        long[] result = new long[values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = widen(values[i]);
        }

        return result;
    }

    private StoredBytes BytesOf(SafetensorsEntry entry) => _file.Slice(_header.DataStart + entry.Begin, entry.End - entry.Begin);
}
