namespace Ibke.Runtime.Training.Data;

/// <summary>A file of training documents, one JSON object a line. Only the places of its lines are held, so it may be of any size.</summary>
/// <remarks>Thread-safe. The file must not change while it is open.</remarks>
public sealed class DocumentFile : IDisposable
{
    private readonly LineIndex _lines;
    private readonly DocumentReader _reader;

    private DocumentFile(LineIndex lines, DocumentReader reader)
    {
        _lines = lines;
        _reader = reader;
    }

    /// <summary>The file, as it was named.</summary>
    public string Path => _lines.Path;

    /// <summary>How many lines are not blank; at least one.</summary>
    public int Count => _lines.Count;

    /// <summary>Opens a file and looks for its lines; they are read when they are asked for.</summary>
    /// <param name="path">JSON lines in UTF-8.</param>
    /// <param name="reader">Makes documents of them.</param>
    /// <exception cref="TrainingDataException">The file cannot be read, or is empty.</exception>
    public static DocumentFile Open(string path, DocumentReader reader)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(reader);
        LineIndex lines = new(path);
        if (lines.Count > 0)
        {
            return new DocumentFile(lines, reader);
        }

        lines.Dispose();
        throw new TrainingDataException(path, null, "The file holds no lines. Give one JSON object a line.");
    }

    /// <summary>Reads a line.</summary>
    /// <param name="index">Its number among the lines that are not blank, from 0.</param>
    /// <returns>The documents of the line; at least one.</returns>
    /// <exception cref="TrainingDataException">The line cannot be used.</exception>
    public IReadOnlyList<TrainingDocument> Read(int index) => _reader.Read(Path, _lines.NumberOf(index), _lines.Read(index));

    /// <summary>Closes the file.</summary>
    public void Dispose() => _lines.Dispose();
}
