using Microsoft.Win32.SafeHandles;

namespace Ibke.Runtime.Training.Data;

/// <summary>Where the lines of a text file lie, so that they can be read in any order without holding the file. Blank lines are left out.</summary>
/// <remarks>Thread-safe. The file must not change while it is open.</remarks>
internal sealed class LineIndex : IDisposable
{
    private const int Block = 1 << 20;

    private readonly SafeFileHandle _file;
    private readonly List<Line> _lines = [];
    private readonly long _length;

    /// <summary>Opens a file and looks for its lines.</summary>
    /// <exception cref="TrainingDataException">It cannot be read, or a line is too long.</exception>
    public LineIndex(string path)
    {
        Path = path;
        _file = Reading(() => File.OpenHandle(path, options: FileOptions.RandomAccess));
        try
        {
            _length = Reading(() => RandomAccess.GetLength(_file));
            Reading(Scan);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    private readonly record struct Line(long Start, int Length, int Number);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>How many lines are not blank.</summary>
    public int Count => _lines.Count;

    /// <summary>The number of a line in the file, from 1.</summary>
    public int NumberOf(int index) => _lines[index].Number;

    /// <summary>The bytes of a line, without its end.</summary>
    /// <exception cref="TrainingDataException">The file has become shorter, or cannot be read.</exception>
    public byte[] Read(int index)
    {
        Line line = _lines[index];
        byte[] bytes = new byte[line.Length];
        for (int done = 0; done < bytes.Length;)
        {
            int read = Reading(() => RandomAccess.Read(_file, bytes.AsSpan(done), line.Start + done));
            done += read > 0 ? read : throw new TrainingDataException(Path, line.Number, "The file has become shorter since it was opened. Start again.");
        }

        return bytes;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private bool Scan()
    {
        byte[] block = new byte[Block];
        long start = 0;
        int number = 0;
        bool isBlank = true;
        for (long at = 0; at < _length;)
        {
            int read = RandomAccess.Read(_file, block.AsSpan(0, (int)Math.Min(Block, _length - at)), at);
            if (read == 0)
            {
                throw new EndOfStreamException("the file ended early");
            }

            ReadOnlySpan<byte> rest = block.AsSpan(0, read);
            for (int end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
            {
                isBlank &= IsBlank(rest[..end]);
                at += end + 1;
                rest = rest[(end + 1)..];
                Add(start, at - 1, ++number, isBlank);
                (start, isBlank) = (at, true);
            }

            isBlank &= IsBlank(rest);
            at += rest.Length;
        }

        Add(start, _length, ++number, isBlank);
        return true;
    }

    private void Add(long start, long end, int number, bool isBlank)
    {
        if (end - start > Array.MaxLength)
        {
            throw new TrainingDataException(Path, number, $"The line has {end - start} bytes. Give one JSON object a line.");
        }

        if (!isBlank)
        {
            _lines.Add(new Line(start, (int)(end - start), number));
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept(" \t\r"u8);

    private T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TrainingDataException(Path, null, "The file does not exist. Check its name.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new TrainingDataException(Path, null, $"The file cannot be read ({e.Message.TrimEnd('.')}). Check its permissions and the disk.", e);
        }
    }
}
