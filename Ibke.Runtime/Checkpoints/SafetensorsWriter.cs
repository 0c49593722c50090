using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Checkpoints;

/// <summary>Writes safetensors files.</summary>
public static class SafetensorsWriter
{
    /// <summary>
    /// Writes a file as a whole or not at all: the bytes go to a file beside it, which is then renamed over <paramref name="path"/>.
    /// The same tensors give the same bytes, in whatever order they come.
    /// </summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="tensors">Tensors with different names.</param>
    /// <param name="metadata">Free text to store, or null.</param>
    /// <exception cref="ArgumentException">Two tensors have one name, a name is reserved, or bytes do not fit a shape.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there is unchanged.</exception>
    public static void Write(string path, IEnumerable<StoredTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);

        // Wider values first, so that every tensor lies at a multiple of its element size.
        StoredTensor[] ordered =
        [
            .. tensors.OrderByDescending(tensor => tensor.ElementType.Size()).ThenBy(tensor => tensor.Name, StringComparer.Ordinal),
        ];
        Check(ordered);
        byte[] header = Header(ordered, metadata);

        string aside = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            using (FileStream stream = new(aside, FileMode.CreateNew, FileAccess.Write))
            {
                Span<byte> length = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
                stream.Write(length);
                stream.Write(header);
                foreach (StoredTensor tensor in ordered)
                {
                    Write(stream, tensor.Bytes);
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(aside, path, overwrite: true);
        }
        catch
        {
            File.Delete(aside);
            throw;
        }
    }

    private static unsafe void Write(FileStream stream, StoredBytes bytes)
    {
        const int Chunk = 1 << 30;
        using MemoryHandle handle = bytes.Pin();
        for (long at = 0; at < bytes.Length; at += Chunk)
        {
            stream.Write(new ReadOnlySpan<byte>((byte*)handle.Pointer + at, (int)Math.Min(Chunk, bytes.Length - at)));
        }
    }

    private static void Check(StoredTensor[] tensors)
    {
        HashSet<string> names = new(StringComparer.Ordinal) { "__metadata__" };
        foreach (StoredTensor tensor in tensors)
        {
            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException($"The tensor name '{tensor.Name}' is given twice or reserved.", nameof(tensors));
            }

            if (tensor.Shape.Count * tensor.ElementType.Size() != tensor.Bytes.Length)
            {
                throw new ArgumentException(
                    $"The tensor '{tensor.Name}' is {tensor.ElementType} {tensor.Shape}, but has {tensor.Bytes.Length} bytes.", nameof(tensors));
            }
        }
    }

    private static byte[] Header(StoredTensor[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long at = 0;
            foreach (StoredTensor tensor in tensors)
            {
                WriteEntry(json, tensor, at);
                at += tensor.Bytes.Length;
            }

            json.WriteEndObject();
        }

        // Spaces after the JSON bring the data to a multiple of eight bytes.
        while (stream.Length % 8 != 0)
        {
            stream.WriteByte((byte)' ');
        }

        return stream.ToArray();
    }

    private static void WriteEntry(Utf8JsonWriter json, StoredTensor tensor, long begin)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", SafetensorsType.Name(tensor.ElementType));
        json.WriteStartArray("shape");
        for (int i = 0; i < tensor.Shape.Rank; i++)
        {
            json.WriteNumberValue(tensor.Shape[i]);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(begin + tensor.Bytes.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
