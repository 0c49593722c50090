using Ibke.Cli;
using Ibke.Runtime.Hosting;
using Ibke.Samples.KnowledgeMaintenanceBot.Demonstrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace Ibke.Samples.KnowledgeMaintenanceBot;

/// <summary>Runs the bot from its options to its exit code.</summary>
internal static class BotRun
{
    /// <summary>Wrong usage, or a model or a journal that cannot be opened.</summary>
    public const int Usage = 2;

    /// <summary>It was stopped before it came to an end.</summary>
    public const int Stopped = 130;

    /// <summary>Runs until it ends by itself, Ctrl-C or the cancellation.</summary>
    /// <returns>0 when all held, 1 when something did not, <see cref="Usage"/> or <see cref="Stopped"/>.</returns>
    public static async Task<int> RunAsync(BotOptions options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        try
        {
            return options.Mode == BotMode.Demonstration
                ? await DemonstrateAsync(options, console, cancellationToken).ConfigureAwait(false)
                : await ServeAsync(options, console, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is ArgumentException or CommandException or OptionsValidationException or IOException)
        {
            await Console.Error.WriteLineAsync(error.Message.ReplaceLineEndings(" ")).ConfigureAwait(false);
            return Usage;
        }
    }

    private static async Task<int> ServeAsync(BotOptions options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        using IHost host = BotHost.Create(options, console);
        return await RunAsync(host, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> DemonstrateAsync(BotOptions options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        using DemonstrationFiles files = await DemonstrationFiles.CreateAsync(cancellationToken).ConfigureAwait(false);
        using IHost host = BotHost.Create(files.Configure(options), console, files);
        Demonstration demonstration = host.Services.GetRequiredService<Demonstration>();
        int code = await RunAsync(host, cancellationToken).ConfigureAwait(false);
        return code != 0 ? code : demonstration.IsOver ? demonstration.Conclude(console) : Stopped;
    }

    // Where the model or the journal cannot be opened, the host may stop before the bot has begun.
    private static async Task<int> RunAsync(IHost host, CancellationToken cancellationToken)
    {
        MaintenanceBot bot = host.Services.GetRequiredService<MaintenanceBot>();
        IbkeRuntime runtime = host.Services.GetRequiredService<IbkeRuntime>();
        await host.RunAsync(cancellationToken).ConfigureAwait(false);
        if (runtime.Ready.Exception?.InnerException is not { } failure)
        {
            return bot.ExitCode;
        }

        await Console.Error.WriteLineAsync(failure.Message.ReplaceLineEndings(" ")).ConfigureAwait(false);
        return Usage;
    }
}
