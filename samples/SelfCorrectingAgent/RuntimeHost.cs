using Ibke.Runtime.Chat;
using Microsoft.Extensions.AI;

namespace Ibke.Samples.SelfCorrectingAgent;

/// <summary>The agent on the runtime's own tool loop; needs no package beyond the runtime.</summary>
internal sealed class RuntimeHost(IChatClient model, IReadOnlyList<AIFunction> functions, string instructions) : IAgentHost
{
    private readonly ToolLoopChatClient _client = new(model);

    public string Description => "the runtime's own tool loop";

    public IAgentConversation Begin() => new Conversation(_client, functions, instructions);

    public void Dispose() => _client.Dispose();

    private sealed class Conversation(IChatClient client, IReadOnlyList<AIFunction> functions, string instructions) : IAgentConversation
    {
        private readonly List<ChatMessage> _messages = [new(ChatRole.System, instructions)];
        private readonly ChatOptions _options = new() { Tools = [.. functions], Temperature = 0 };

        public async Task<AgentTurn> SayAsync(string text, CancellationToken cancellationToken)
        {
            _messages.Add(new ChatMessage(ChatRole.User, text));
            ChatResponse response = await client.GetResponseAsync(_messages, _options, cancellationToken);
            _messages.AddRange(response.Messages);
            return AgentTurnReader.Read(response.Messages);
        }
    }
}
