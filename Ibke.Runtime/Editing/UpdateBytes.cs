using System.Runtime.InteropServices;
using System.Text;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>What edits add to a model as bytes, and back to the bit. Little-endian; values are float32.</summary>
internal static class UpdateBytes
{
    private const int MostRows = 1 << 16;
    private const int MostLayers = 1 << 10;
    private const int MostValues = 1 << 28;

    private static readonly byte[] _magic = "IBKE update 1\n"u8.ToArray();

    /// <summary>Writes what an editor's network made.</summary>
    /// <param name="edit">The edit, with its factors.</param>
    /// <param name="withInputs">Whether the form needs the inputs again.</param>
    public static byte[] OfFactors(ComputedEdit edit, bool withInputs)
    {
        EditFactors factors = edit.Factors!;
        using MemoryStream stream = new();
        using BinaryWriter writer = Begin(stream, edit);
        writer.Write(factors.Rows);
        foreach (IReadOnlyList<float[]> layers in new[] { withInputs ? factors.Inputs : [], factors.Values, factors.Keys, factors.Thresholds })
        {
            writer.Write(layers.Count);
            foreach (float[] layer in layers)
            {
                Write(writer, layer);
            }
        }

        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="OfFactors"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else, or is damaged.</exception>
    public static (EditFactors Factors, int Rounds, float LossBefore) ToFactors(byte[] bytes) => Read(bytes, (reader, rounds, loss) =>
    {
        int rows = Count(reader, MostRows);
        float[][][] parts = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, Count(reader, MostLayers)).Select(_ => Values(reader)).ToArray())];
        return parts.All(part => part.All(layer => layer.Length % rows == 0))
            ? (new EditFactors(rows, parts[0], parts[1], parts[2], parts[3]), rounds, loss)
            : throw new InvalidDataException("The rows of the update do not fit its values.");
    });

    /// <summary>Writes the change of one matrix.</summary>
    public static byte[] OfDelta(ComputedEdit edit)
    {
        MatrixDelta delta = edit.Alone.Deltas[0];
        using MemoryStream stream = new();
        using BinaryWriter writer = Begin(stream, edit);
        writer.Write(delta.Matrix);
        foreach (Tensor? factor in new[] { delta.Left, delta.Right })
        {
            writer.Write(factor?.Shape.Rows ?? 0);
            Write(writer, factor?.ToArray() ?? []);
        }

        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="OfDelta"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else, or is damaged.</exception>
    public static (MatrixDelta Delta, int Rounds, float LossBefore) ToDelta(byte[] bytes, Engine engine) => Read(bytes, (reader, rounds, loss) =>
    {
        string matrix = reader.ReadString();
        Tensor left = Matrix() ?? throw new InvalidDataException("The update changes nothing.");
        Tensor? right = Matrix();
        return (right is null ? MatrixDelta.Dense(matrix, left) : MatrixDelta.LowRank(matrix, left, right), rounds, loss);

        Tensor? Matrix()
        {
            int rows = reader.ReadInt32();
            float[] values = Values(reader);
            return rows == 0 ? null
                : rows > 0 && values.Length % rows == 0 ? engine.Create(new TensorShape(rows, values.Length / rows), values)
                : throw new InvalidDataException($"{values.Length} values cannot be {rows} rows.");
        }
    });

    private static BinaryWriter Begin(Stream stream, ComputedEdit edit)
    {
        BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(_magic);
        writer.Write(edit.Rounds);
        writer.Write(edit.LossBefore);
        return writer;
    }

    private static void Write(BinaryWriter writer, float[] values)
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values.AsSpan()));
    }

    private static T Read<T>(byte[] bytes, Func<BinaryReader, int, float, T> read)
    {
        using MemoryStream stream = new(bytes, writable: false);
        using BinaryReader reader = new(stream, Encoding.UTF8);
        try
        {
            if (!reader.ReadBytes(_magic.Length).AsSpan().SequenceEqual(_magic))
            {
                throw new InvalidDataException("These bytes are no update of an edit.");
            }

            int rounds = reader.ReadInt32();
            T update = read(reader, rounds, reader.ReadSingle());
            return stream.Position == stream.Length ? update : throw new InvalidDataException("There is more after the end of the update.");
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or FormatException)
        {
            throw new InvalidDataException($"The update is cut or damaged ({e.Message.TrimEnd('.')}).", e);
        }
    }

    private static int Count(BinaryReader reader, int most)
    {
        int count = reader.ReadInt32();
        return count >= 0 && count <= most ? count : throw new InvalidDataException($"The update says it has {count} parts, which cannot be.");
    }

    private static float[] Values(BinaryReader reader)
    {
        int count = Count(reader, MostValues);
        long left = reader.BaseStream.Length - reader.BaseStream.Position;
        if (count > left / sizeof(float))
        {
            throw new InvalidDataException($"The update says it has {count} values, but only {left} bytes are left.");
        }

        float[] values = new float[count];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return Array.TrueForAll(values, float.IsFinite) ? values : throw new InvalidDataException("The update has values that are no finite numbers.");
    }
}
