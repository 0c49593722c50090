using Ibke.Runtime.Hosting;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Samples.KnowledgeMaintenanceBot.Boards;
using Ibke.Samples.KnowledgeMaintenanceBot.Sources;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Spectre.Console;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Tests;

/// <summary>A bot that watches in this process, on the embedded model and a journal in a folder, which stay when it ends.</summary>
internal sealed class RunningBot : IAsyncDisposable
{
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(20);

    private readonly IHost _host;
    private bool _stopped;

    private RunningBot(IHost host) => (_host, Board) = (host, host.Services.GetRequiredService<Board>());

    /// <summary>What it shows.</summary>
    public Board Board { get; }

    /// <summary>Whose knowledge it maintains.</summary>
    public KnowledgeService Knowledge { get; private set; } = null!;

    /// <summary>The options of a bot that watches sources, its journal in a folder.</summary>
    public static BotOptions Watching(TemporaryFolder folder, params SourcePlace[] sources) => new()
    {
        Mode = BotMode.Watch, Sources = sources, Journal = folder["edits.db"], Every = TimeSpan.FromSeconds(0.3), Plain = true,
    };

    /// <summary>Starts one.</summary>
    public static Task<RunningBot> StartAsync(TemporaryFolder folder, params string[] files) =>
        StartAsync(Watching(folder, [.. files.Select(file => new SourcePlace(file))]));

    /// <summary>Starts one, and calls a listener with every event.</summary>
    public static async Task<RunningBot> StartAsync(BotOptions options, Action<BotEvent>? listener = null)
    {
        RunningBot bot = new(BotHost.Create(options, Silent()));
        bot.Board.Listen(listener ?? (_ => { }));
        await bot._host.StartAsync();
        bot.Knowledge = await bot._host.Services.GetRequiredService<IbkeRuntime>().KnowledgeAsync();
        return bot;
    }

    /// <summary>A console that nobody sees.</summary>
    public static IAnsiConsole Silent(TextWriter? writer = null) => AnsiConsole.Create(
        new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer ?? TextWriter.Null) });

    /// <summary>Waits until the board is as wanted.</summary>
    public Task<BoardState> WaitAsync(Func<BoardState, bool> wanted) => Board.WaitAsync(wanted, _longest, CancellationToken.None);

    /// <summary>Waits until a fact is somewhere.</summary>
    public async Task<TrackedFact> WaitAsync(string question, FactStatus status) =>
        (await WaitAsync(state => state.Fact(question)?.Status == status)).Fact(question)!;

    /// <summary>Waits until the first pass is over.</summary>
    public Task<BoardState> FirstPassAsync() => WaitAsync(state => state.Pass is { IsOver: true });

    /// <summary>What the model says.</summary>
    public async Task<string> AskAsync(string question) => (await Knowledge.VerifyAsync(question)).Answer;

    /// <summary>Ends it as Ctrl-C does.</summary>
    public async Task StopAsync()
    {
        if (!_stopped)
        {
            _stopped = true;
            await _host.StopAsync();
            _host.Dispose();
            SqliteConnection.ClearAllPools();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();
}
