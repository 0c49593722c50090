using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Ibke.Samples.ChatBackend.Tests.Security;

/// <summary>Who may do what.</summary>
public sealed class AccessTests
{
    private static readonly string[] _keys =
    [
        .. RunningBackend.Key(0, "guest", "guest-key", "chat"),
        .. RunningBackend.Key(1, "anna", "anna-key", "chat", "propose", "approve", "revert", "administer"),
    ];

    [Fact]
    public async Task Keys_NoneOrWrong_Is401InOpenAisForm()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync(_keys);
        using HttpClient stranger = backend.With("ibke-wrong");
        foreach (HttpClient client in new[] { backend.Client, stranger })
        {
            foreach (string path in new[] { "v1/models", "api/whoami", "api/knowledge/state", "api/events", "v1/nowhere" })
            {
                using HttpResponseMessage response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);

                Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
                Assert.Equal("invalid_api_key", (await RunningBackend.ReadAsync(response)).GetProperty("error").GetProperty("code").GetString());
            }
        }
    }

    [Fact]
    public async Task Keys_RoleMissing_Is403()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync(_keys);
        using HttpClient guest = backend.With("guest-key");
        JsonElement who = await guest.GetFromJsonAsync<JsonElement>("api/whoami");
        using HttpResponseMessage chat = await guest.PostAsJsonAsync("v1/chat/completions", RunningBackend.Chat("Where was Leona Zeller born?"));

        Assert.Equal("""{"name":"guest","roles":["chat"]}""", who.GetRawText());
        Assert.Equal(HttpStatusCode.OK, chat.StatusCode);
        foreach (string path in new[] { "proposals", "proposals/e1/approve", "proposals/e1/decline", "edits/e1/revert", "sweep", "suspend", "resume" })
        {
            using HttpResponseMessage response = await guest.PostAsJsonAsync($"api/knowledge/{path}", new { question = "What?", answer = "x" });
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }
    }

    [Fact]
    public async Task Page_WithoutKey_IsServed()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync(_keys);

        using HttpResponseMessage response = await backend.Client.GetAsync("health/live");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("default-src 'self'; frame-ancestors 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
    }

    [Fact]
    public async Task Requests_WithoutKeysToAnotherHost_Are403()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        foreach (string host in new[] { "evil.example", "evil.example:5080", "127.0.0.1.evil.example" })
        {
            foreach (string path in new[] { "", "v1/models", "api/whoami", "openapi/v1.json" })
            {
                using HttpRequestMessage request = new(HttpMethod.Get, path) { Headers = { Host = host } };
                using HttpResponseMessage response = await backend.Client.SendAsync(request);
                Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            }
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data")]
    [InlineData(null)]
    public async Task Post_OfAFormThatPagesMaySend_Is415(string? type)
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        foreach (string path in new[] { "v1/chat/completions", "api/knowledge/proposals", "api/knowledge/suspend", "api/knowledge/proposals/e1/approve" })
        {
            using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = RunningBackend.Body("{}") };
            request.Content.Headers.ContentType = type is null ? null : new(type);
            using HttpResponseMessage response = await backend.Client.SendAsync(request);

            Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
            Assert.Equal("unsupported_media_type", (await RunningBackend.ReadAsync(response)).GetProperty("error").GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task Answers_OfTheApi_AreNotKeptAndNotSharedWithOtherSites()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, "v1/models") { Headers = { { "Origin", "https://evil.example" } } };
        using HttpResponseMessage response = await backend.Client.SendAsync(request);

        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(response.Headers, header => header.Key == "Server");
    }
}
