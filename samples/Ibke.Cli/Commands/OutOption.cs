using System.CommandLine;

namespace Ibke.Cli.Commands;

/// <summary>The folder that a command writes to.</summary>
internal static class OutOption
{
    /// <summary>The option <c>--out</c>.</summary>
    public static Option<string> Create(string description) => new("--out", "-o") { Description = description, HelpName = "DIR", Required = true };

    /// <summary>The folder that was asked for; made where it is not there.</summary>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public static string Resolve(string given)
    {
        try
        {
            Directory.CreateDirectory(given);
            return given;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new CommandException($"The folder {given} cannot be made (--out): {e.Message} Name another one.");
        }
    }
}
