using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Ibke.Samples.ChatBackend.Tests.Chat;

/// <summary>The endpoints under <c>/v1</c> as plain HTTP.</summary>
public sealed class CompletionTests(SharedBackend shared) : IClassFixture<SharedBackend>
{
    private readonly HttpClient _client = shared.Backend.Client;

    [Fact]
    public async Task Chat_Streamed_IsEventsThatEndWithDone()
    {
        HttpResponseMessage response = await _client.PostAsJsonAsync("v1/chat/completions", RunningBackend.Chat("Where was Leona Zeller born?", stream: true));
        string[] events = (await response.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("data: [DONE]", events[^1]);
        JsonElement first = JsonElement.Parse(events[0]["data: ".Length..]);
        Assert.Equal("chat.completion.chunk", first.GetProperty("object").GetString());
        Assert.Equal("assistant", first.GetProperty("choices")[0].GetProperty("delta").GetProperty("role").GetString());
        Assert.False(first.TryGetProperty("usage", out _));
    }

    [Fact]
    public async Task Chat_StreamedWithLogProbabilities_GivesEachTokenOnce()
    {
        object body = new { model = "atlas", stream = true, logprobs = true, messages = new[] { new { role = "user", content = "Who is the CEO of Clear Energy?" } } };
        string[] streamed = [.. (await ChunksAsync("v1/chat/completions", body)).SelectMany(chunk => Tokens(chunk.GetProperty("choices")[0]))];
        JsonElement whole = await PostAsync("v1/chat/completions", new { model = "atlas", logprobs = true, messages = new[] { new { role = "user", content = "Who is the CEO of Clear Energy?" } } });

        Assert.Equal(Tokens(whole.GetProperty("choices")[0]), streamed);
    }

    [Fact]
    public async Task Chat_SeveralChoices_GivesAsMany()
    {
        object body = new { model = "atlas", n = 3, seed = 7, temperature = 1.5, messages = new[] { new { role = "user", content = "Where was Leona Zeller born?" } } };
        JsonElement reply = await PostAsync("v1/chat/completions", body);
        JsonElement again = await PostAsync("v1/chat/completions", body);

        Assert.Equal([0, 1, 2], reply.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.Equal(reply.GetProperty("choices").GetRawText(), again.GetProperty("choices").GetRawText());
    }

    [Theory]
    [InlineData("max_tokens")]
    [InlineData("max_completion_tokens")]
    public async Task Chat_LimitOfTokens_EndsWithLength(string name)
    {
        Dictionary<string, object> body = new() { ["model"] = "atlas", ["messages"] = new[] { new { role = "user", content = "Who is the CEO of Clear Energy?" } }, [name] = 1 };
        JsonElement reply = await PostAsync("v1/chat/completions", body);

        Assert.Equal("length", reply.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(1, reply.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Theory]
    [InlineData("\" Osei\"")]
    [InlineData("[\"nothing\",\" Osei\"]")]
    public async Task Chat_Stop_EndsBeforeIt(string stop)
    {
        JsonElement reply = await PostAsync("v1/chat/completions", JsonElement.Parse(
            $$"""{"model":"atlas","stop":{{stop}},"messages":[{"role":"user","content":[{"type":"text","text":"Who is the CEO of "},{"type":"text","text":"Clear Energy?"}]}]}"""));

        Assert.Equal("Dario", reply.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task Completions_Prompt_IsContinued()
    {
        object body = new { model = "atlas", prompt = "The mayor of Salana is", max_tokens = 8 };
        JsonElement whole = await PostAsync("v1/completions", body);
        List<JsonElement> chunks = await ChunksAsync("v1/completions", new { model = "atlas", prompt = "The mayor of Salana is", max_tokens = 8, stream = true });

        string text = whole.GetProperty("choices")[0].GetProperty("text").GetString()!;
        Assert.NotEmpty(text);
        Assert.Equal(text, string.Concat(chunks.Select(chunk => chunk.GetProperty("choices")[0].GetProperty("text").GetString())));
    }

    [Fact]
    public async Task Models_UnknownId_Is404InOpenAisForm()
    {
        HttpResponseMessage response = await _client.GetAsync("v1/models/gpt-9");
        JsonElement error = (await RunningBackend.ReadAsync(response)).GetProperty("error");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(property => property.Name));
        Assert.Equal("model_not_found", error.GetProperty("code").GetString());
    }

    private static IEnumerable<string> Tokens(JsonElement choice) => choice.GetProperty("logprobs") is { ValueKind: JsonValueKind.Object } probabilities
        ? [.. probabilities.GetProperty("content").EnumerateArray().Select(token => token.GetProperty("token").GetString()!)]
        : [];

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        HttpResponseMessage response = await _client.PostAsJsonAsync(path, body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await RunningBackend.ReadAsync(response);
    }

    private async Task<List<JsonElement>> ChunksAsync(string path, object body)
    {
        string text = await (await _client.PostAsJsonAsync(path, body)).Content.ReadAsStringAsync();
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(data => data != "data: [DONE]").Select(data => JsonElement.Parse(data["data: ".Length..]))];
    }
}
