using Ibke.Cli.Terminals;
using Ibke.Runtime.Models;
using Spectre.Console;

namespace Ibke.Cli.Commands;

/// <summary>Loads the model of a command, and says so on a terminal while it takes.</summary>
internal static class ModelLoading
{
    /// <summary>Loads the model of a folder.</summary>
    public static LanguageModel Load(Terminal terminal, string folder) => terminal.ErrorIsTerminal
        ? terminal.Status.Status().Start($"loading {Markup.Escape(folder)}", _ => LanguageModel.Load(folder))
        : LanguageModel.Load(folder);
}
