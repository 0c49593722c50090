using Spectre.Console;

namespace Ibke.Samples.SelfCorrectingAgent;

/// <summary>A chat with the agent at the console.</summary>
internal static class InteractiveChat
{
    public static async Task<int> RunAsync(IAgentConversation conversation, string example, CancellationToken cancellationToken)
    {
        AnsiConsole.MarkupLine($"[grey]Ask something, such as “{Markup.Escape(example)}”; then “Is that still true?”. An empty line ends.[/]");
        Transcript transcript = new(AnsiConsole.Console);
        while (true)
        {
            AnsiConsole.Markup("[aqua]you[/]      ");
            string? line = await Console.In.ReadLineAsync(cancellationToken);
            if (string.IsNullOrWhiteSpace(line))
            {
                return 0;
            }

            transcript.Agent(await conversation.SayAsync(line, cancellationToken));
        }
    }
}
