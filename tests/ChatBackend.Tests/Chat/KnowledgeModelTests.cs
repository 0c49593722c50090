using System.Net.Http.Json;
using System.Text.Json;

namespace Ibke.Samples.ChatBackend.Tests.Chat;

/// <summary>The model whose functions the server calls.</summary>
public sealed class KnowledgeModelTests
{
    private static readonly object[] _correction =
    [
        new { role = "user", content = "Who is the mayor of Salana?" },
        new { role = "assistant", content = "Quentin Sato" },
        new { role = "user", content = "That's wrong. It's Anders Duarte." },
    ];

    [Fact]
    public async Task Chat_Correction_EditsAndShowsTheCall()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();

        string text = await (await backend.Client.PostAsJsonAsync(
            "v1/chat/completions", new { model = "atlas+knowledge", stream = true, messages = _correction })).Content.ReadAsStringAsync();
        JsonElement[] shown =
        [
            .. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(data => data.Contains("\"ibke\"", StringComparison.Ordinal))
                .Select(data => JsonElement.Parse(data["data: ".Length..]).GetProperty("ibke")),
        ];

        Assert.Equal("KnowledgeEdit_edit_fact", shown[0].GetProperty("call").GetProperty("name").GetString());
        Assert.Equal("Anders Duarte", shown[0].GetProperty("call").GetProperty("arguments").GetProperty("answer").GetString());
        Assert.Equal("applied", shown[1].GetProperty("result").GetProperty("status").GetString());
        Assert.Equal("Anders Duarte", await backend.AskAsync("Who is the mayor of Salana?"));
    }

    [Fact]
    public async Task Chat_NotStreamed_ListsTheCallsAndCountsAllRounds()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync();

        JsonElement reply = await RunningBackend.ReadAsync(await backend.Client.PostAsJsonAsync(
            "v1/chat/completions", new { model = "atlas+knowledge", messages = _correction }));

        JsonElement call = Assert.Single(reply.GetProperty("ibke").GetProperty("calls").EnumerateArray());
        Assert.Equal("applied", call.GetProperty("result").GetProperty("status").GetString());
        Assert.StartsWith("Updated", reply.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.True(reply.GetProperty("usage").GetProperty("prompt_tokens").GetInt32() > 100);
    }

    [Fact]
    public async Task Chat_KeyThatMayNotPropose_IsRefusedByTheService()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync(RunningBackend.Key(0, "guest", "guest-key", "chat"));
        using HttpClient guest = backend.With("guest-key");

        JsonElement reply = await RunningBackend.ReadAsync(await guest.PostAsJsonAsync("v1/chat/completions", new { model = "atlas+knowledge", messages = _correction }));

        JsonElement call = Assert.Single(reply.GetProperty("ibke").GetProperty("calls").EnumerateArray());
        Assert.Equal("refused", call.GetProperty("result").GetProperty("status").GetString());
    }
}
