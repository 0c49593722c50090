using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Ibke.Samples.ChatBackend.Tests.Knowledge;

/// <summary><c>/api/events</c>, the description of the endpoints, and health.</summary>
public sealed class EventTests
{
    [Fact]
    public async Task Events_AnEdit_IsToldAtOnce()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        await using Stream stream = await backend.Client.GetStreamAsync("api/events", limit.Token);
        await using IAsyncEnumerator<SseItem<string>> events = SseParser.Create(stream).EnumerateAsync(limit.Token).GetAsyncEnumerator(limit.Token);

        JsonElement first = await NextAsync(events, "state");
        JsonElement load = await NextAsync(events, "load");
        await backend.Client.PostAsJsonAsync("api/knowledge/proposals", new { question = "Where was Leona Zeller born?", answer = "Belford" }, limit.Token);
        JsonElement second = await NextAsync(events, "state");

        Assert.Equal((0, 1), (first.GetProperty("sequence").GetInt64(), second.GetProperty("sequence").GetInt64()));
        Assert.Equal(["tokens_per_second", "running", "waiting", "edits_in_force"], load.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task OpenApi_Document_NamesTheEndpoints()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();

        JsonElement document = await backend.Client.GetFromJsonAsync<JsonElement>("openapi/v1.json");

        string[] paths = [.. document.GetProperty("paths").EnumerateObject().Select(path => path.Name)];
        Assert.Superset(
            new HashSet<string>
            {
                "/v1/chat/completions", "/v1/completions", "/v1/models", "/v1/models/{id}", "/api/whoami", "/api/events", "/api/knowledge/state",
                "/api/knowledge/proposals", "/api/knowledge/proposals/{id}/approve", "/api/knowledge/proposals/{id}/decline",
                "/api/knowledge/edits/{id}/revert", "/api/knowledge/verify", "/api/knowledge/sweep", "/api/knowledge/suspend", "/api/knowledge/resume",
            },
            paths.ToHashSet());
    }

    [Fact]
    public async Task Health_Loaded_IsReady()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();
        await backend.AskAsync("Where was Leona Zeller born?");

        Assert.Equal("Healthy", await backend.Client.GetStringAsync("health/ready"));
    }

    private static async Task<JsonElement> NextAsync(IAsyncEnumerator<SseItem<string>> events, string name)
    {
        while (await events.MoveNextAsync())
        {
            if (events.Current.EventType == name)
            {
                return JsonElement.Parse(events.Current.Data);
            }
        }

        throw new InvalidOperationException("The events have ended.");
    }
}
