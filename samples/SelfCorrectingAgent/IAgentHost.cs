namespace Ibke.Samples.SelfCorrectingAgent;

/// <summary>What runs the agent: Semantic Kernel where it is installed, else the runtime's own tool loop.</summary>
internal interface IAgentHost : IDisposable
{
    /// <summary>The host's name, for the transcript.</summary>
    string Description { get; }

    /// <summary>Starts a conversation that knows nothing of earlier ones.</summary>
    IAgentConversation Begin();
}

/// <summary>One conversation with the agent.</summary>
internal interface IAgentConversation
{
    /// <summary>Says something to the agent and waits for its reply, with the functions it called on the way.</summary>
    Task<AgentTurn> SayAsync(string text, CancellationToken cancellationToken);
}

/// <summary>The agent's reply to one thing that was said to it.</summary>
internal sealed record AgentTurn(string Reply, IReadOnlyList<AgentCall> Calls)
{
    /// <summary>Whether a function whose name ends so was called and answered with that status.</summary>
    public bool Called(string function, string status) => Calls.Any(call =>
        call.Function.EndsWith(function, StringComparison.Ordinal) && call.Status == status);
}
