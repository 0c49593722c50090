using System.Collections.Concurrent;
using System.Net.Http.Json;
using Microsoft.Extensions.Logging;

namespace Ibke.Samples.ChatBackend.Tests.Auditing;

/// <summary>What the log says of a call.</summary>
public sealed class AuditTrailTests
{
    [Fact]
    public async Task Calls_Always_LeaveOneLineWithoutTexts()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync(
            ["--Logging:LogLevel:Ibke.Samples.ChatBackend", "Information", .. RunningBackend.Key(0, "anna", "anna-key", "chat")]);
        Lines lines = new();
        backend.Service<ILoggerFactory>().AddProvider(lines);
        using HttpClient anna = backend.With("anna-key");

        await anna.PostAsJsonAsync("v1/chat/completions", RunningBackend.Chat("Where was Leona Zeller born?"));
        await anna.PostAsJsonAsync("api/knowledge/suspend", new { reason = "Zeller" });
        await backend.Client.GetAsync("v1/models%0Aanna GET secret");
        await backend.Client.GetAsync("health/live");
        await lines.UntilAsync(3);

        Assert.Collection(
            lines.All,
            line => Assert.Matches(@"^300 anna POST /v1/chat/completions 200 in \d+ ms, 16 \+ 2 tokens$", line),
            line => Assert.Matches(@"^300 anna POST /api/knowledge/suspend 403 in \d+ ms, 0 \+ 0 tokens$", line),
            line => Assert.Matches(@"^300 unknown GET /v1/models\?anna\?GET\?secret 401 in \d+ ms, 0 \+ 0 tokens$", line));
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IEnumerable<string> All => _lines;

        // A line is written after its answer was sent.
        public async Task UntilAsync(int count)
        {
            for (int i = 0; _lines.Count < count; i++)
            {
                Assert.True(i < 500, "The lines were not written within ten seconds.");
                await Task.Delay(20);
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{eventId.Id} {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
