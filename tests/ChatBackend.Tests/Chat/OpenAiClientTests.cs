using System.ClientModel;
using System.Text.Json;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;

namespace Ibke.Samples.ChatBackend.Tests.Chat;

/// <summary>What OpenAI's own client makes of the answers.</summary>
public sealed class OpenAiClientTests(SharedBackend shared) : IClassFixture<SharedBackend>
{
    private const string Question = "Where was Leona Zeller born?";

    private readonly OpenAIClient _client = new(
        new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(shared.Backend.Address, "v1") });

    private ChatClient Chat => _client.GetChatClient("atlas");

    [Fact]
    public async Task GetModels_Always_NamesBoth()
    {
        OpenAIModelCollection models = await _client.GetOpenAIModelClient().GetModelsAsync();

        Assert.Equal(["atlas", "atlas+knowledge"], models.Select(model => model.Id));
    }

    [Fact]
    public async Task CompleteChat_Question_AnswersWithUsage()
    {
        ChatCompletion completion = await Chat.CompleteChatAsync(new SystemChatMessage("You are helpful."), new UserChatMessage(Question));

        Assert.Equal("Tamfield", completion.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, completion.FinishReason);
        Assert.True(completion.Usage.InputTokenCount > 10);
        Assert.Equal(completion.Usage.InputTokenCount + completion.Usage.OutputTokenCount, completion.Usage.TotalTokenCount);
    }

    [Fact]
    public async Task CompleteChat_WithLogProbabilities_GivesThem()
    {
        ChatCompletion completion = await Chat.CompleteChatAsync(
            [new UserChatMessage(Question)], new ChatCompletionOptions { IncludeLogProbabilities = true, TopLogProbabilityCount = 2 });

        Assert.Equal("Tamfield", completion.ContentTokenLogProbabilities[0].Token);
        Assert.Equal(2, completion.ContentTokenLogProbabilities[0].TopLogProbabilities.Count);
    }

    [Fact]
    public async Task CompleteChatStreaming_Question_GivesSameTextAndUsage()
    {
        (string text, ChatFinishReason? finish, ChatTokenUsage? usage) = ("", null, null);
        await foreach (StreamingChatCompletionUpdate update in Chat.CompleteChatStreamingAsync(new UserChatMessage(Question)))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            finish = update.FinishReason ?? finish;
            usage = update.Usage ?? usage;
        }

        Assert.Equal(("Tamfield", ChatFinishReason.Stop), (text, finish));
        Assert.True(usage?.TotalTokenCount > 10);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CompleteChat_RequiredTool_CallsIt(bool named)
    {
        ChatCompletionOptions options = Tools(named ? ChatToolChoice.CreateFunctionChoice("find_city") : ChatToolChoice.CreateRequiredChoice());

        ChatCompletion completion = await Chat.CompleteChatAsync([new UserChatMessage("Which city is Salana?")], options);

        Assert.Equal(ChatFinishReason.ToolCalls, completion.FinishReason);
        ChatToolCall call = Assert.Single(completion.ToolCalls);
        Assert.Equal("find_city", call.FunctionName);
        using JsonDocument arguments = JsonDocument.Parse(call.FunctionArguments);
        Assert.Equal(JsonValueKind.String, arguments.RootElement.GetProperty("name").ValueKind);
    }

    [Fact]
    public async Task CompleteChatStreaming_RequiredTool_StreamsTheCall()
    {
        List<StreamingChatToolCallUpdate> calls = [];
        await foreach (StreamingChatCompletionUpdate update in Chat.CompleteChatStreamingAsync(
            [new UserChatMessage("Which city is Salana?")], Tools(ChatToolChoice.CreateRequiredChoice())))
        {
            calls.AddRange(update.ToolCallUpdates);
        }

        Assert.Equal(("find_city", 0), (calls[0].FunctionName, calls[0].Index));
    }

    [Fact]
    public async Task CompleteChat_AfterToolResult_GoesOn()
    {
        ChatCompletion completion = await Chat.CompleteChatAsync(
            [
                new UserChatMessage("Which city is Salana?"),
                new AssistantChatMessage([ChatToolCall.CreateFunctionToolCall("call_1", "find_city", BinaryData.FromString("""{"name":"Salana"}"""))]),
                new ToolChatMessage("call_1", """{"status":"unknown"}"""),
            ],
            Tools(ChatToolChoice.CreateNoneChoice()));

        Assert.Equal(ChatFinishReason.Stop, completion.FinishReason);
        Assert.NotEmpty(completion.Content[0].Text);
    }

    [Fact]
    public async Task CompleteChat_JsonSchema_KeepsToIt()
    {
        ChatCompletionOptions options = new()
        {
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat(
                "leader",
                BinaryData.FromString("""{"type":"object","properties":{"ceo":{"enum":["Anika Wagner","Dario Osei"]}},"required":["ceo"],"additionalProperties":false}"""),
                jsonSchemaIsStrict: true),
        };

        ChatCompletion completion = await Chat.CompleteChatAsync([new UserChatMessage("Who is the CEO of Clear Energy?")], options);

        using JsonDocument reply = JsonDocument.Parse(completion.Content[0].Text);
        Assert.Contains(reply.RootElement.GetProperty("ceo").GetString(), new[] { "Anika Wagner", "Dario Osei" });
    }

    [Fact]
    public async Task CompleteChat_UnknownModel_Throws404()
    {
        ClientResultException error = await Assert.ThrowsAsync<ClientResultException>(
            () => _client.GetChatClient("gpt-9").CompleteChatAsync(new UserChatMessage(Question)));

        Assert.Equal(404, error.Status);
        Assert.Contains("model_not_found", error.Message, StringComparison.Ordinal);
    }

    private static ChatCompletionOptions Tools(ChatToolChoice choice) => new()
    {
        ToolChoice = choice,
        Tools =
        {
            ChatTool.CreateFunctionTool(
                "find_city", "Finds a city.", BinaryData.FromString("""{"type":"object","properties":{"name":{"type":"string","maxLength":20}},"required":["name"]}""")),
        },
    };
}
