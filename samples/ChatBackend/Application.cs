using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Hosting;
using Ibke.Samples.ChatBackend.Commands;
using Microsoft.Extensions.Options;

namespace Ibke.Samples.ChatBackend;

/// <summary>The program: serves over HTTP or to an agent over MCP, or makes a key.</summary>
internal static class Application
{
    private const int Failed = 1;

    /// <summary>Runs what the arguments say, until it has ended.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            if (args is ["key", ..])
            {
                KeyCommand.Run(args[1..], Console.Out);
                return 0;
            }

            if (args is ["mcp", ..])
            {
                await McpCommand.RunAsync(args[1..]);
                return 0;
            }

            await using WebApplication backend = Backend.Build(args);
            await backend.RunAsync();

            // The host ends by itself where the model cannot be loaded; the log says why.
            return backend.Services.GetRequiredService<IbkeRuntime>().Ready.IsFaulted ? Failed : 0;
        }
        catch (Exception error) when (error is BackendException or OptionsValidationException or InvalidOperationException
            or IOException or FormatException or CheckpointException)
        {
            // What was configured cannot be used, or an address is taken: whoever started it needs the sentence, not the stack.
            await Console.Error.WriteLineAsync(error.Message);
            return Failed;
        }
    }
}
