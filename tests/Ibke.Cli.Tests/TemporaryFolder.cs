namespace Ibke.Cli.Tests;

/// <summary>A folder that is removed with what it holds.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    /// <summary>Where it is.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("ibke-cli-tests-").FullName;

    /// <summary>The path of a file in it.</summary>
    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file in it.</summary>
    /// <returns>The file's path.</returns>
    public string Write(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Copies the embedded model into it, but for some files.</summary>
    public void CopyAtlas(params string[] except)
    {
        foreach (string file in Directory.EnumerateFiles(CommandRun.Atlas))
        {
            string name = System.IO.Path.GetFileName(file);
            if (!except.Contains(name))
            {
                File.Copy(file, System.IO.Path.Combine(Path, name));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
