#if SEMANTIC_KERNEL
using Ibke.Runtime.Knowledge.Functions;
using Ibke.Runtime.Models;
using Ibke.SemanticKernel;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Agents;

namespace Ibke.Samples.SelfCorrectingAgent;

/// <summary>The agent as a <see cref="ChatCompletionAgent"/> of Semantic Kernel.</summary>
internal sealed class SemanticKernelHost : IAgentHost
{
    private readonly ChatCompletionAgent _agent;

    public SemanticKernelHost(LanguageModel model, KnowledgeFunctions functions, string instructions)
    {
        IKernelBuilder builder = Kernel.CreateBuilder().AddIbkeChatCompletion(model);
        builder.Plugins.Add(new KnowledgeEditPlugin(functions));
        _agent = new ChatCompletionAgent
        {
            Name = "Atlas",
            Instructions = instructions,
            Kernel = builder.Build(),
            Arguments = new KernelArguments(new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() }),
        };
    }

    public string Description => "Semantic Kernel, ChatCompletionAgent";

    public IAgentConversation Begin() => new Conversation(_agent);

    public void Dispose() => (_agent.Kernel.Services as IDisposable)?.Dispose();

    private sealed class Conversation(ChatCompletionAgent agent) : IAgentConversation
    {
        private readonly ChatHistoryAgentThread _thread = new();

        public async Task<AgentTurn> SayAsync(string text, CancellationToken cancellationToken)
        {
            int known = _thread.ChatHistory.Count;
            await foreach (AgentResponseItem<ChatMessageContent> _ in agent.InvokeAsync(text, _thread, cancellationToken: cancellationToken))
            {
                // The thread keeps the reply, and the calls before it.
            }

            return AgentTurnReader.Read(_thread.ChatHistory.Skip(known).Select(message => message.ToChatMessage()));
        }
    }
}
#endif
