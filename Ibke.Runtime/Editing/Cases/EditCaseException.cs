namespace Ibke.Runtime.Editing.Cases;

/// <summary>A file of edits that cannot be read. The message names file, place and field, and what is wrong.</summary>
public sealed class EditCaseException : Exception
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="path">The file.</param>
    /// <param name="line">The line, from 1; null where the file as a whole is meant.</param>
    /// <param name="problem">A sentence.</param>
    /// <param name="inner">What it follows from; null for nothing else.</param>
    public EditCaseException(string path, int? line, string problem, Exception? inner = null)
        : base(line is null ? $"{path}: {problem}" : $"{path}, line {line}: {problem}", inner)
    {
        Path = path;
        Line = line;
    }

    /// <summary>The file, as it was named.</summary>
    public string Path { get; }

    /// <summary>The line, from 1; null where the file as a whole is meant.</summary>
    public int? Line { get; }
}
