using System.Net;
using System.Text;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Tests.Knowledge.Service;

namespace Ibke.Runtime.Tests.Knowledge.Sources;

/// <summary>On a real server of this process.</summary>
public sealed class HttpFactSourceTests : IDisposable
{
    private const string Facts = """[{"question": "How many?", "answer": 7, "as_of": "2026-02-01"}]""";

    private readonly HttpListener _server = new();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly ManualClock _clock = new(DateTimeOffset.UnixEpoch);
    private readonly List<string?> _asked = [];
    private readonly Uri _address;
    private Action<HttpListenerContext> _answer = context => Send(context, Facts);

    public HttpFactSourceTests()
    {
        int port = FreePort();
        _address = new Uri($"http://localhost:{port}/facts?key=secret");
        _server.Prefixes.Add($"http://localhost:{port}/");
        _server.Start();
        _ = ServeAsync();
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Close();
    }

    [Fact]
    public async Task AskAsync_Unchanged_IsNotSentAgain()
    {
        _answer = context =>
        {
            context.Response.Headers["ETag"] = "\"a1\"";
            if (context.Request.Headers["If-None-Match"] == "\"a1\"")
            {
                context.Response.StatusCode = 304;
                context.Response.Close();
            }
            else
            {
                Send(context, Facts);
            }
        };
        HttpFactSource source = Source();

        for (int minute = 0; minute < 3; minute++)
        {
            Assert.Equal(new SourcedFact("7", source.Name, new DateOnly(2026, 2, 1)), await source.AskAsync("how many"));
            Assert.NotNull(await source.AskAsync("how many"));
            _clock.Now += TimeSpan.FromMinutes(1);
        }

        Assert.Equal([null, "\"a1\"", "\"a1\""], _asked);
        Assert.Single(await source.ListAsync());
    }

    [Fact]
    public void Name_HasNoSecret() => Assert.Equal($"http://localhost:{_address.Port}/facts", Source().Name);

    public static TheoryData<int, string, string> BadAnswers => new()
    {
        { 500, "", "answers 500" },
        { 404, Facts, "answers 404" },
        { 200, "<html>", "not JSON" },
        { 200, "{}", "must hold a list" },
        { 200, """[{"question": "How many?"}]""", "entry 1: the answer is missing" },
        { 200, new string(' ', 2000) + "[]", "more than 1,000 bytes" },
    };

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task AskAsync_BadAnswer_IsNamedAndTriedAgain(int status, string body, string named)
    {
        HttpFactSource source = new(_client, _address, clock: _clock) { LongestAnswer = 1000 };
        _answer = context =>
        {
            context.Response.StatusCode = status;
            Send(context, body);
        };

        FactSourceException error = await Assert.ThrowsAsync<FactSourceException>(() => source.AskAsync("How many?"));
        _answer = context => Send(context, Facts);

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.NotNull(await source.AskAsync("How many?"));
    }

    [Fact]
    public async Task AskAsync_NobodyListens_IsNamed()
    {
        HttpFactSource source = new(_client, new Uri($"http://localhost:{FreePort()}/facts"));

        Assert.Contains("cannot be read", (await Assert.ThrowsAsync<FactSourceException>(() => source.AskAsync("How many?"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_OtherScheme_IsRefused() => Assert.Throws<ArgumentException>(() => new HttpFactSource(_client, new Uri("file:///facts.json")));

    private static int FreePort()
    {
        using System.Net.Sockets.TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Send(HttpListenerContext context, string body)
    {
        context.Response.OutputStream.Write(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
    }

    private HttpFactSource Source() => new(_client, _address, clock: _clock);

    private async Task ServeAsync()
    {
        while (_server.IsListening)
        {
            try
            {
                HttpListenerContext context = await _server.GetContextAsync();
                _asked.Add(context.Request.Headers["If-None-Match"]);
                _answer(context);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // A client that has gone, or the end of the test.
            }
        }
    }
}
