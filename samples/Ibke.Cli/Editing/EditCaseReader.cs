using Ibke.Runtime.Editing.Cases;

namespace Ibke.Cli.Editing;

/// <summary>Reads files of edits for commands.</summary>
internal static class EditCaseReader
{
    /// <summary>All edits of a file, in its order; see <see cref="EditCaseFile"/> for the forms.</summary>
    /// <param name="path">The file.</param>
    /// <param name="templates">The templates of a CSV file; null for those beside it.</param>
    /// <exception cref="CommandException">The file is not in a form that is known; names file, line and field.</exception>
    public static IReadOnlyList<EditCase> ReadFile(string path, string? templates = null)
    {
        try
        {
            return EditCaseFile.Read(path, templates);
        }
        catch (EditCaseException e)
        {
            throw new CommandException(e.Message, e);
        }
    }
}
