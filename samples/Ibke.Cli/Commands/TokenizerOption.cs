using System.CommandLine;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tokenization;

namespace Ibke.Cli.Commands;

/// <summary>Where the tokenizer comes from, if not from the model's folder.</summary>
internal static class TokenizerOption
{
    /// <summary>The option <c>--tokenizer</c>.</summary>
    public static Option<string?> Create() => new("--tokenizer")
    {
        Description = "A folder whose tokenizer.json, tokenizer_config.json and chat template are used in place of the model's.",
        HelpName = "DIR",
    };

    /// <summary>The folder that was asked for; null for the model's own.</summary>
    /// <exception cref="CommandException">There is no such folder.</exception>
    public static string? Resolve(string? given) => given is null ? null
        : Directory.Exists(given) ? Path.GetFullPath(given)
        : throw new CommandException($"No folder {given} (--tokenizer). Name a folder that holds tokenizer.json.");

    /// <summary>The tokenizer of a folder.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    /// <exception cref="CheckpointException">It cannot be used.</exception>
    public static Tokenizer Load(string folder) => File.Exists(Path.Combine(folder, "tokenizer.json"))
        ? Tokenizer.Load(folder)
        : throw new CommandException($"{folder} has no tokenizer.json. Name a folder that has one: --tokenizer DIR.");
}
