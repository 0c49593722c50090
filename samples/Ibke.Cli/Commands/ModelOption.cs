using System.CommandLine;

namespace Ibke.Cli.Commands;

/// <summary>Which model folder a command uses.</summary>
internal static class ModelOption
{
    private static readonly string _embedded = Path.Combine("samples", "models", "atlas");

    /// <summary>The option <c>--model</c>.</summary>
    public static Option<string?> Create() => new("--model", "-m")
    {
        Description = "The model's folder. Default: IBKE_MODEL, else the nearest samples/models/atlas.",
        HelpName = "DIR",
    };

    /// <summary>The folder that was asked for, or the default one.</summary>
    /// <exception cref="CommandException">There is no such folder.</exception>
    public static string Resolve(string? given)
    {
        string? named = given ?? Environment.GetEnvironmentVariable("IBKE_MODEL");
        if (!string.IsNullOrEmpty(named))
        {
            string source = given is null ? "IBKE_MODEL" : "--model";
            return Directory.Exists(named)
                ? Path.GetFullPath(named)
                : throw new CommandException($"No folder {named} ({source}). Name a folder that holds config.json and model.safetensors.");
        }

        return Search(Directory.GetCurrentDirectory())
            ?? Search(AppContext.BaseDirectory)
            ?? throw new CommandException(
                $"No model: {_embedded} was not found above {Directory.GetCurrentDirectory()}. Give --model DIR or set IBKE_MODEL.");
    }

    private static string? Search(string start)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, _embedded);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
