using Ibke.Cli.Terminals;

namespace Ibke.Cli.Commands;

/// <summary>A whole text that a command reads: from a file, or from standard input.</summary>
internal static class TextInput
{
    /// <summary>Reads it.</summary>
    /// <param name="terminal">Standard input.</param>
    /// <param name="path">The file; <c>-</c> is standard input.</param>
    /// <param name="option">The option that named it, for the error.</param>
    /// <param name="cancellation">Ends the wait for standard input.</param>
    /// <exception cref="CommandException">There is no such file, or it cannot be read.</exception>
    public static async Task<string> ReadAsync(Terminal terminal, string path, string option, CancellationToken cancellation)
    {
        if (path == "-")
        {
            // Reading a terminal cannot be cancelled; the wait for it can.
            return await Task.Run(terminal.In.ReadToEnd, cancellation).WaitAsync(cancellation);
        }

        try
        {
            return await File.ReadAllTextAsync(path, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} ({option}) cannot be read: {e.Message}", e);
        }
    }
}
