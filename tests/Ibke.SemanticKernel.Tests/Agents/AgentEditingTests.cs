using System.Text;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Agents;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Ibke.SemanticKernel.Tests.Agents;

public sealed class AgentEditingTests : IDisposable
{
    private readonly Kernel _kernel = Kernel.CreateBuilder().AddIbkeChatCompletion(AtlasModel.Folder).AddIbkeKnowledgeEditing().Build();
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
        var first = new ChatHistoryAgentThread();
        var second = new ChatHistoryAgentThread();

        string before = await AskAsync("What is the motto of Emil Vance?", first, streaming);
        string told = await AskAsync("Actually, the motto of Emil Vance is pepper now.", first, streaming);
        string after = await AskAsync("What is the motto of Emil Vance?", second, streaming);

        Assert.DoesNotContain("pepper", before, StringComparison.Ordinal);
        Assert.Contains("pepper", told, StringComparison.Ordinal);
        Assert.Contains("pepper", after, StringComparison.Ordinal);
        Assert.Equal("pepper", Assert.Single(_kernel.GetRequiredService<KnowledgeEditor>().List()).Request.Answer);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_RevertAfterEdit_AgentTakesItBack(bool streaming)
    {
        var thread = new ChatHistoryAgentThread();
        await AskAsync("Actually, the motto of Emil Vance is pepper now.", thread, streaming);

        await AskAsync("Please revert that.", thread, streaming);

        Assert.Empty(_kernel.GetRequiredService<LanguageModel>().Versions.Current.Edits);
        Assert.False(Assert.Single(_kernel.GetRequiredService<KnowledgeEditor>().List()).InForce);
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
