using Ibke.Runtime.Knowledge.AnswerChecks;
using Ibke.Runtime.Knowledge.Sources;
using Microsoft.Extensions.AI;

namespace Ibke.SemanticKernel;

/// <summary>That a model's answers are checked, and how.</summary>
/// <param name="Source">What is true at present.</param>
/// <param name="Options">What is done about a stale answer.</param>
internal sealed record AnswerChecks(IFactSource Source, AnswerCheckOptions Options)
{
    /// <summary>Puts the checks before a client.</summary>
    public IChatClient Before(IChatClient client) => new AnswerCheckChatClient(client, Source, Options);
}
