using System.Text.Json;
using Ibke.Samples.ChatBackend.Security;

namespace Ibke.Samples.ChatBackend.Commands;

/// <summary><c>key NAME ROLE[,ROLE]</c>: makes a key, and the entry of the configuration that lets it in.</summary>
internal static class KeyCommand
{
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    /// <summary>Prints both; the key is kept nowhere.</summary>
    /// <exception cref="BackendException">The arguments cannot be used.</exception>
    public static void Run(string[] args, TextWriter output)
    {
        if (args is not [{ Length: > 0 } name, { } list] || BackendRoleNames.TryParse(list.Split(',')) is not { } roles)
        {
            throw new BackendException($"Give a name and roles, such as: key anna chat,propose. The roles are {BackendRoleNames.All}.");
        }

        string key = KeyRing.NewKey();
        string entry = JsonSerializer.Serialize(new { Name = name, Roles = BackendRoleNames.Of(roles), Hash = KeyRing.HashOf(key) }, _indented);
        output.WriteLine($"The key of {name}, which is shown only now: {key}");
        output.WriteLine("The entry for Backend:Keys:");
        output.WriteLine(entry);
    }
}
