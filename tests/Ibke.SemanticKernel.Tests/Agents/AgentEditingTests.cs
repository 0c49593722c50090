using System.Text;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Agents;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Ibke.SemanticKernel.Tests.Agents;

public sealed class AgentEditingTests : IDisposable
{
    private readonly Kernel _kernel = Kernel.CreateBuilder()
        .AddIbkeChatCompletion(AtlasModel.Folder)
        .AddIbkeKnowledgeEditing(serviceOptions: new() { Policy = KnowledgePolicy.Trusting })
        .Build();
    private readonly ChatCompletionAgent _agent;

    public AgentEditingTests() => _agent = new ChatCompletionAgent
    {
        Name = "Keeper",
        Kernel = _kernel,
        Arguments = new KernelArguments(new PromptExecutionSettings
        {
            FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(),
            ExtensionData = new Dictionary<string, object> { ["temperature"] = 0 },
        }),
    };

    public void Dispose() => ((ServiceProvider)_kernel.Services).Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_UserCorrectsAFact_AgentEditsAndAnswersAnewInANewConversation(bool streaming)
    {
        string before = await AskAsync("Who is the CEO of Hazel Health?", new ChatHistoryAgentThread(), streaming);
        string told = await AskAsync("Actually, the CEO of Hazel Health is Jana Mbeki now.", new ChatHistoryAgentThread(), streaming);
        string after = await AskAsync("Who runs Hazel Health?", new ChatHistoryAgentThread(), streaming);

        Assert.Contains("Anika Wagner", before, StringComparison.Ordinal);
        Assert.Contains("Jana Mbeki", told, StringComparison.Ordinal);
        Assert.Contains("Jana Mbeki", after, StringComparison.Ordinal);
        Assert.Equal("Jana Mbeki", Assert.Single(_kernel.GetRequiredService<KnowledgeEditor>().List()).Request.Answer);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_RevertAfterEdit_AgentTakesItBack(bool streaming)
    {
        var thread = new ChatHistoryAgentThread();
        await AskAsync("Actually, the CEO of Hazel Health is Jana Mbeki now.", thread, streaming);

        await AskAsync("Undo edit e1.", thread, streaming);
        string after = await AskAsync("Who runs Hazel Health?", new ChatHistoryAgentThread(), streaming);

        Assert.Contains("Anika Wagner", after, StringComparison.Ordinal);
        Assert.Empty(_kernel.GetRequiredService<LanguageModel>().Versions.Current.Edits);
        Assert.Empty(_kernel.GetRequiredService<KnowledgeEditor>().List());
    }

    private async Task<string> AskAsync(string question, AgentThread thread, bool streaming)
    {
        var text = new StringBuilder();
        var message = new ChatMessageContent(AuthorRole.User, question);
        if (streaming)
        {
            await foreach (AgentResponseItem<StreamingChatMessageContent> piece in _agent.InvokeStreamingAsync(message, thread))
            {
                text.Append(piece.Message.Content);
            }
        }
        else
        {
            await foreach (AgentResponseItem<ChatMessageContent> piece in _agent.InvokeAsync(message, thread))
            {
                text.Append(piece.Message.Content);
            }
        }

        return text.ToString();
    }
}
