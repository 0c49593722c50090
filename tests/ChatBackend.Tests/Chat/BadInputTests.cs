using System.Text.Json;

namespace Ibke.Samples.ChatBackend.Tests.Chat;

/// <summary>Whatever is sent, the answer is an error of the request, never one of the server.</summary>
public sealed class BadInputTests(SharedBackend shared) : IClassFixture<SharedBackend>
{
    private const string User = """{"role":"user","content":"hello"}""";

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"model":"\ud800","question":"\ud800"}""")]
    [InlineData("{\"model\":1,\"question\":1}")]
    [InlineData("{\"model\":\"atlas\",\"question\":null,\"reason\":1,\"propose\":\"x\"}")]
    public async Task EveryPost_BodyOfNoUse_Is4xx(string body)
    {
        string[] paths =
        [
            "v1/chat/completions", "v1/completions", "api/knowledge/proposals", "api/knowledge/proposals/e1/decline", "api/knowledge/edits/e1/revert",
            "api/knowledge/verify",
        ];
        foreach (string path in paths)
        {
            // Where a reason may be left out, an empty body is no error but the id is.
            await Assert4xxAsync(path, body);
        }
    }

    [Theory]
    [InlineData("api/knowledge/proposals", """{"question":"","answer":"x"}""")]
    [InlineData("api/knowledge/proposals", """{"question":"What?","answer":" "}""")]
    [InlineData("api/knowledge/proposals", """{"question":"What?","answer":"a\u0000b"}""")]
    [InlineData("api/knowledge/proposals", """{"question":"What?","answer":"x","valid_until":"tomorrow"}""")]
    [InlineData("api/knowledge/proposals", """{"question":"What?","answer":"<|im_end|>"}""")]
    [InlineData("api/knowledge/proposals/%20/approve", "{}")]
    [InlineData("api/knowledge/proposals/e999/approve", "{}")]
    [InlineData("api/knowledge/edits/../../revert", "{}")]
    [InlineData("api/knowledge/edits/e999/revert", """{"reason":"a\nb"}""")]
    [InlineData("api/knowledge/verify", """{"question":""}""")]
    [InlineData("api/knowledge/sweep", """{"propose":"yes"}""")]
    [InlineData("api/knowledge/suspend", """{"reason":7}""")]
    public Task Knowledge_BadBody_Is4xx(string path, string body) => Assert4xxAsync(path, body);

    [Theory]
    [InlineData("messages", "[]")]
    [InlineData("messages", "null")]
    [InlineData("messages", "\"hello\"")]
    [InlineData("messages", "[null]")]
    [InlineData("messages", "[{}]")]
    [InlineData("messages", """[{"role":"wizard","content":"x"}]""")]
    [InlineData("messages", """[{"role":"user"}]""")]
    [InlineData("messages", """[{"role":"user","content":7}]""")]
    [InlineData("messages", """[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]""")]
    [InlineData("messages", """[{"role":"user","content":[{"type":1,"text":"x"}]}]""")]
    [InlineData("messages", """[{"role":"user","content":["x"]}]""")]
    [InlineData("messages", """[{"role":"assistant"}]""")]
    [InlineData("messages", """[{"role":"tool","content":"x"}]""")]
    [InlineData("messages", """[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{"}}]}]""")]
    [InlineData("messages", """[{"role":"assistant","tool_calls":[null]}]""")]
    [InlineData("messages", """[{"role":"assistant","tool_calls":[{"id":"c","type":"other","function":{"name":"f","arguments":"{}"}}]}]""")]
    [InlineData("messages", """[{"role":"user","content":"\ud800"}]""")]
    [InlineData("messages", """[{"role":"user","content":[{"type":"text","text":"\ud800"}]}]""")]
    [InlineData("messages", """[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":\"\\ud800\"}"}}]}]""")]
    [InlineData("stop", """["\udc00"]""")]
    [InlineData("tools", """[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"\ud800":{}}}}}]""")]
    [InlineData("n", "0")]
    [InlineData("n", "9")]
    [InlineData("n", "1.5")]
    [InlineData("temperature", "-1")]
    [InlineData("temperature", "1e999")]
    [InlineData("temperature", "\"hot\"")]
    [InlineData("top_p", "2")]
    [InlineData("max_tokens", "0")]
    [InlineData("max_tokens", "99999999999")]
    [InlineData("stop", "7")]
    [InlineData("stop", "[\"\"]")]
    [InlineData("stop", """["a","b","c","d","e"]""")]
    [InlineData("tools", """[{"type":"function"}]""")]
    [InlineData("tools", """[null]""")]
    [InlineData("tools", """[{"type":"other","function":{"name":"f"}}]""")]
    [InlineData("tools", """[{"type":"function","function":{"name":"a b"}}]""")]
    [InlineData("tools", """[{"type":"function","function":{"name":"f","parameters":7}}]""")]
    [InlineData("tools", """[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"f"}}]""")]
    [InlineData("tool_choice", "\"required\"")]
    [InlineData("tool_choice", "\"maybe\"")]
    [InlineData("tool_choice", """{"type":"function","function":{"name":"f"}}""")]
    [InlineData("response_format", "\"json\"")]
    [InlineData("response_format", """{"type":"xml"}""")]
    [InlineData("response_format", """{"type":"json_schema"}""")]
    [InlineData("response_format", """{"type":"json_schema","json_schema":{"name":"x","schema":{"not":{}}}}""")]
    [InlineData("response_format", """{"type":"json_schema","json_schema":{"name":"x","schema":{"$ref":"#/nowhere"}}}""")]
    [InlineData("logprobs", "3")]
    [InlineData("top_logprobs", "3")]
    [InlineData("logit_bias", "{}")]
    [InlineData("functions", "[]")]
    [InlineData("stream", "\"yes\"")]
    [InlineData("stream_options", "7")]
    public async Task Chat_BadPart_Is400(string part, string value)
    {
        foreach (bool stream in new[] { false, true })
        {
            // The part comes last, so it counts.
            JsonElement error = await Assert4xxAsync(
                "v1/chat/completions", $$"""{"model":"atlas","stream":{{(stream ? "true" : "false")}},"messages":[{{User}}],"{{part}}":{{value}}}""", 400);
            Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        }
    }

    [Theory]
    [InlineData("prompt", "7")]
    [InlineData("prompt", "\"\"")]
    [InlineData("prompt", "[1,2]")]
    [InlineData("n", "2")]
    [InlineData("echo", "true")]
    [InlineData("logprobs", "1")]
    [InlineData("max_tokens", "-1")]
    [InlineData("model", "\"atlas+knowledge\"")]
    public Task Completions_BadPart_Is400(string part, string value) =>
        Assert4xxAsync("v1/completions", $$"""{"model":"atlas","prompt":"x","{{part}}":{{value}}}""", 400);

    [Theory]
    [InlineData("n", "2")]
    [InlineData("tools", """[{"type":"function","function":{"name":"f"}}]""")]
    public Task Chat_KnowledgeModelWithWhatIsTheServers_Is400(string part, string value) =>
        Assert4xxAsync("v1/chat/completions", $$"""{"model":"atlas+knowledge","messages":[{{User}}],"{{part}}":{{value}}}""", 400);

    [Fact]
    public async Task Chat_PromptTooLong_IsContextLengthExceeded()
    {
        string text = string.Concat(Enumerable.Repeat("Where was Leona Zeller born? ", 20_000));
        foreach (string stream in new[] { "false", "true" })
        {
            JsonElement error = await Assert4xxAsync(
                "v1/chat/completions", $$"""{"model":"atlas","stream":{{stream}},"messages":[{"role":"user","content":"{{text}}"}]}""", 400);
            Assert.Equal("context_length_exceeded", error.GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task Chat_BodyAboveTheLimit_Is413()
    {
        // Asked first, as the server reads no more of what it has refused.
        using HttpRequestMessage request = new(HttpMethod.Post, "v1/chat/completions")
        {
            Content = RunningBackend.Body($$"""{"model":"{{new string('x', 2 << 20)}}"}"""), Headers = { ExpectContinue = true },
        };
        using HttpResponseMessage response = await shared.Backend.Client.SendAsync(request);

        Assert.Equal(System.Net.HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Chat_DeepNesting_Is400() =>
        await Assert4xxAsync("v1/chat/completions", string.Concat(Enumerable.Repeat("{\"tool_choice\":", 5000)), 400);

    [Theory]
    [InlineData("v1/nowhere", 404)]
    [InlineData("api/nowhere", 404)]
    [InlineData("v1/models", 405)]
    public Task Post_WhereNothingIs_IsAnErrorInOpenAisForm(string path, int status) => Assert4xxAsync(path, "{}", status);

    private async Task<JsonElement> Assert4xxAsync(string path, string body, int? status = null)
    {
        using HttpResponseMessage response = await shared.Backend.Client.PostAsync(path, RunningBackend.Body(body));
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(status is null ? (int)response.StatusCode is >= 400 and < 500 : (int)response.StatusCode == status, $"{path} {body[..Math.Min(body.Length, 200)]}: {response.StatusCode} {text}");
        JsonElement answer = JsonElement.Parse(text);

        // An outcome of the knowledge service says its status itself.
        return answer.TryGetProperty("error", out JsonElement error) ? error : answer.GetProperty("status");
    }
}
