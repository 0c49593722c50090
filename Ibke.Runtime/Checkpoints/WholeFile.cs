using System.Text;

namespace Ibke.Runtime.Checkpoints;

/// <summary>Writes files as a whole or not at all: aside first, then in the place of what was there.</summary>
internal static class WholeFile
{
    /// <summary>Writes a text in UTF-8.</summary>
    /// <exception cref="IOException">It cannot be written; what was there stays.</exception>
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes bytes.</summary>
    /// <exception cref="IOException">They cannot be written; what was there stays.</exception>
    public static void Write(string path, byte[] content)
    {
        string aside = $"{path}.tmp";
        File.WriteAllBytes(aside, content);
        File.Move(aside, path, overwrite: true);
    }
}
