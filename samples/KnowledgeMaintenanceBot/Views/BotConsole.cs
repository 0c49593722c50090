using Spectre.Console;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Views;

/// <summary>The console of the program.</summary>
internal static class BotConsole
{
    private const int WidthWhereNobodyWatches = 120;

    /// <summary>Plain text of a fixed width where nobody watches.</summary>
    public static IAnsiConsole Create()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = WidthWhereNobodyWatches;
        }

        return console;
    }
}
