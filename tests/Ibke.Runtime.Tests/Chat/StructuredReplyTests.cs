using System.ComponentModel;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Constraints;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Constraints;
using Ibke.Runtime.Tests.Models;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Chat;

public sealed class StructuredReplyTests : IDisposable
{
    private static readonly AIFunction _weather = AIFunctionFactory.Create(
        (string city, Unit unit, int days = 1) => $"{city} {unit} {days}", "get_weather", "Tells the weather.");

    private static readonly AIFunction _time = AIFunctionFactory.Create((DateTime at) => at, "get_time", "Tells the time.");

    private readonly TemporaryFolder _folder = new();
    private readonly LanguageModel _random;
    private readonly LocalChatClient _client = new(Atlas.Shared);

    /// <summary>Random weights, and room for a prompt that is written character by character.</summary>
    public StructuredReplyTests()
    {
        string source = Path.Combine(GoldenFiles.Committed, "models", "llama-gqa-tied-bf16");
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "config.json")))!;
        config["max_position_embeddings"] = 700;
        File.WriteAllText(_folder["config.json"], config.ToJsonString());
        File.Copy(Path.Combine(source, "model.safetensors"), _folder["model.safetensors"]);
        _random = LanguageModel.Load(
            _folder.Path, new LanguageModelOptions { Engine = TestEngine.Shared, TokenizerFolder = Path.Combine(GoldenFiles.Committed, "tokenizers", "tiny-160") });
    }

    [JsonConverter(typeof(JsonStringEnumConverter))]
    internal enum Unit
    {
        Celsius,
        Kelvin,
    }

    public void Dispose()
    {
        _client.Dispose();
        _random.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task GetResponseAsync_ResponseFormatOfAType_ReadsAsThatType()
    {
        ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema<Person>(JsonSerializerOptions.Web), Temperature = 1.5f, Seed = 3, MaxOutputTokens = 120 };

        ChatResponse response = await _client.GetResponseAsync("Tell me about Viktor Shah.", options);

        Person person = JsonSerializer.Deserialize<Person>(response.Text, JsonSerializerOptions.Web)!;
        Assert.NotNull(person.Name);
        Assert.NotNull(person.Born);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact]
    public async Task GetResponseAsync_Json_IsAnObject()
    {
        ChatResponse response = await _client.GetResponseAsync("Hello!", new ChatOptions { ResponseFormat = ChatResponseFormat.Json, MaxOutputTokens = 30, Temperature = 2, Seed = 1 });

        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(response.Text).ValueKind);
    }

    [Fact]
    public async Task GetResponseAsync_SchemaOutsideTheSubset_FailsNamingTheKeyword()
    {
        ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse("""{"not": {}}""")) };

        JsonSchemaException error = await Assert.ThrowsAsync<JsonSchemaException>(() => _client.GetResponseAsync("Hello!", options));

        Assert.Equal("not", error.Keyword);
    }

    // The tiny vocabulary has no tokens for the marks of DeepSeek.
    public static TheoryData<string> Formats => new(ToolCallFormats.All.Select(format => format.Name).Where(name => name != "none" && !name.StartsWith("deepseek", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task GetResponseAsync_ForcedCallOfARandomModel_NamesAFunctionWithValidArguments(string format)
    {
        using LocalChatClient client = new(_random, new LocalChatClientOptions { ToolCallFormat = ToolCallFormats.Find(format) });
        string schema = _weather.JsonSchema.GetRawText();
        for (int seed = 0; seed < 6; seed++)
        {
            ChatOptions options = new()
            {
                Tools = [_weather, _time],
                ToolMode = seed % 2 == 0 ? ChatToolMode.RequireAny : ChatToolMode.RequireSpecific("get_weather"),
                Temperature = 1,
                Seed = seed,
                MaxOutputTokens = 180,
                AllowMultipleToolCalls = seed % 3 != 0,
            };

            ChatResponse response = await client.GetResponseAsync("Hello!", options);

            FunctionCallContent[] calls = [.. response.Messages[0].Contents.Cast<FunctionCallContent>()];
            Assert.NotEmpty(calls);
            foreach (FunctionCallContent call in calls)
            {
                Assert.True(call.Name is "get_weather" || (call.Name == "get_time" && seed % 2 == 0), call.Name);
                string arguments = JsonSerializer.Serialize(call.Arguments);
                Assert.True(call.Name == "get_time" || PlainSchemaValidator.Problem(schema, arguments) is null, arguments);
            }
        }
    }

    [Fact]
    public async Task GetResponseAsync_FreeModeOfARandomModel_EveryCallThatIsBegunIsWhole()
    {
        using LocalChatClient client = new(_random);
        int calls = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            ChatResponse response = await client.GetResponseAsync("Hello!", new ChatOptions { Tools = [_weather], Temperature = 3, Seed = seed, MaxOutputTokens = 100 });

            Assert.DoesNotContain(response.Messages[0].Contents, content => ToolCallParser.ProblemOf(content) is not null);
            foreach (FunctionCallContent call in response.Messages[0].Contents.OfType<FunctionCallContent>())
            {
                calls++;
                Assert.Equal("get_weather", call.Name);
                Assert.Null(PlainSchemaValidator.Problem(_weather.JsonSchema.GetRawText(), JsonSerializer.Serialize(call.Arguments)));
            }
        }

        Assert.True(calls > 0);
    }

    [Fact]
    public async Task GetResponseAsync_FunctionsAndAFormat_GiveCallsOrTheFormat()
    {
        using LocalChatClient client = new(_random);
        const string schema = """{"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}""";
        HashSet<bool> seen = [];
        for (int seed = 0; seed < 20; seed++)
        {
            ChatResponse response = await client.GetResponseAsync("Hello!", new ChatOptions
            {
                Tools = [_weather], ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse(schema)), Temperature = 4, Seed = seed, MaxOutputTokens = 100,
            });

            bool isCall = response.Messages[0].Contents[0] is FunctionCallContent;
            seen.Add(isCall);
            Assert.True(isCall || PlainSchemaValidator.Problem(schema, response.Text) is null, response.Text);
        }

        Assert.Equal(2, seen.Count);
    }

    [Theory]
    [InlineData("functionary", "<function=get_weather>{}</function>")]
    [InlineData("mistral", "see [TOOL_CALLS]get_weather{}")]
    [InlineData("qwen3-coder", "<tool_call><function=get_weather></function></tool_call>")]
    public async Task GetResponseAsync_MarkOfACallInsideTheFormat_IsText(string format, string text)
    {
        using LocalChatClient client = new(_random, new LocalChatClientOptions { ToolCallFormat = ToolCallFormats.Find(format) });
        string json = JsonSerializer.Serialize(new[] { text }, new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        string schema = $$"""{"type": "array", "items": {"const": {{json[1..^1]}}}, "minItems": 1, "maxItems": 1}""";
        ChatOptions options = new() { Tools = [_weather], ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse(schema)), Temperature = 4, MaxOutputTokens = 120 };
        int answers = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            options.Seed = seed;

            List<ChatResponseUpdate> updates = await client.GetStreamingResponseAsync("Hello!", options).ToListAsync();
            string reply = updates.ToChatResponse().Text;

            if (reply.StartsWith('['))
            {
                answers++;
                Assert.Equal(json, reply);
                Assert.DoesNotContain(updates, update => update.Contents.Any(content => content is FunctionCallContent || ToolCallParser.ProblemOf(content) is not null));
            }
        }

        Assert.True(answers > 0);
    }

    [Fact]
    public async Task GetResponseAsync_FunctionOutsideTheSubset_IsCalledWithAnyObject()
    {
        AIFunction odd = new OddFunction();
        ChatResponse response = await _client.GetResponseAsync("Hello!", new ChatOptions { Tools = [odd], ToolMode = ChatToolMode.RequireAny, MaxOutputTokens = 60 });

        Assert.Equal("odd", Assert.IsType<FunctionCallContent>(response.Messages[0].Contents[0]).Name);
    }

    private sealed record Person([property: Description("The name.")] string Name, long? Age, Unit[] Units, Address Born);

    private sealed record Address(string City, DateOnly Since);

    private sealed class OddFunction : AIFunction
    {
        public override string Name => "odd";

        public override JsonElement JsonSchema => JsonElement.Parse("""{"type": "object", "not": {"required": ["x"]}}""");

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => default;
    }
}
