using System.Text;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Agents;

namespace Ibke.SemanticKernel.Tests.Agents;

/// <summary>Runs the Semantic Kernel example of the README, and holds that the README shows it as it is here.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task KernelExample_Always_EditsAndIsShown()
    {
        string folder = AtlasModel.Folder;
        string facts = Path.GetTempFileName();
        await File.WriteAllTextAsync(facts, "question,answer,as_of\nWho is the CEO of Clear Energy?,Zora Palmer,2026-10-02\n");

        // README: kernel
        IKernelBuilder builder = Kernel.CreateBuilder()
            .AddIbkeChatCompletion(folder)
            .AddIbkeKnowledgeEditing();
        builder.Services.AddSingleton<IFactSource>(new CsvFactSource(facts, ModelCard.Load(folder)));
        ChatCompletionAgent agent = new()
        {
            Instructions = "You keep a knowledge base up to date. Check facts and correct them when they are stale.",
            Kernel = builder.Build(),
            Arguments = new(new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() }),
        };
        ChatHistoryAgentThread thread = new();

        // README: end
        ReadmeExample.AssertShown("kernel");
        using ServiceProvider services = (ServiceProvider)agent.Kernel.Services;
        Assert.Equal("Dario Osei", await AskAsync(agent, thread, "Who is the CEO of Clear Energy?"));
        Assert.Equal("Updated: the CEO of Clear Energy is now Zora Palmer.", await AskAsync(agent, thread, "Is that still true?"));
        Assert.Equal("Zora Palmer", await AskAsync(agent, new ChatHistoryAgentThread(), "Who leads Clear Energy?"));
        File.Delete(facts);
    }

    private static async Task<string> AskAsync(ChatCompletionAgent agent, ChatHistoryAgentThread thread, string question)
    {
        StringBuilder text = new();
        await foreach (AgentResponseItem<ChatMessageContent> item in agent.InvokeAsync(question, thread))
        {
            text.Append(item.Message.Content);
        }

        return text.ToString();
    }
}
