namespace Ibke.Cli.Generating;

/// <summary>
/// A file of results. A file that holds something already keeps it until <see cref="Complete"/>: the results are written aside, in the same
/// folder, and take its place in one step. Left incomplete, they stay aside.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly string? _aside;

    /// <summary>Opens it.</summary>
    /// <exception cref="CommandException">Results of an earlier run that was not completed lie aside.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public OutputFile(string path)
    {
        _path = path;
        FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.Write);

        // Pipes, devices and new files have nothing to lose, and a rename would put a plain file in the place of a device.
        if (file.CanSeek && file.Length > 0)
        {
            file.Dispose();
            _path = RealPath(path);
            _aside = $"{_path}.partial";
            file = File.Exists(_aside)
                ? throw new CommandException($"{_aside} is left from a run that was ended early. Move or remove it first.")
                : new FileStream(_aside, FileMode.CreateNew, FileAccess.Write);
        }

        Writer = new StreamWriter(file);
    }

    /// <summary>Where results go.</summary>
    public StreamWriter Writer { get; }

    /// <summary>The path with all symbolic links followed, those of its folders too.</summary>
    public static string RealPath(string path)
    {
        string full = Path.GetFullPath(path);
        if (new FileInfo(full) is { LinkTarget: not null } link)
        {
            full = link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        }

        return Path.GetDirectoryName(full) is { } folder ? Path.Combine(RealPath(folder), Path.GetFileName(full)) : full;
    }

    /// <summary>Ends the file; from now on it holds the results.</summary>
    public void Complete()
    {
        Writer.Dispose();
        if (_aside is not null)
        {
            File.Move(_aside, _path, overwrite: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Writer.Dispose();
}
