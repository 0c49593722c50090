using System.Runtime.CompilerServices;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Hosting;
using Ibke.Runtime.Knowledge.Functions;
using Ibke.Samples.ChatBackend.Errors;
using Ibke.Samples.ChatBackend.Security;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Ibke.Samples.ChatBackend.Chat;

/// <summary>Answers chats, with the functions of the knowledge service where they are asked for. Thread-safe.</summary>
internal sealed class ChatService(IbkeRuntime runtime, IChatClient client, IOptions<BackendOptions> options, ILogger<ChatService> logger)
{
    private const string FunctionPrefix = "KnowledgeEdit";

    // The client belongs to the container, so the loop around it is not disposed.
    private readonly ToolLoopChatClient _loop = new(client);

    /// <summary>Checks a request.</summary>
    /// <exception cref="ApiException">It cannot be answered.</exception>
    public async Task<ChatPlan> PlanAsync(ChatCompletionBody body, CancellationToken cancellationToken) =>
        ChatPlan.Read(body, ModelName.Find(body.Model, (await runtime.ModelAsync(cancellationToken)).Id), options.Value.Limits.MaxTokens);

    /// <summary>Makes a reply in one piece.</summary>
    public async Task<ChatResponse> AnswerAsync(ChatPlan plan, int choice, Identity by, CancellationToken cancellationToken) =>
        await (plan.HasKnowledge ? _loop : client).GetResponseAsync(plan.Messages, await OptionsAsync(plan, choice, by, cancellationToken), cancellationToken);

    /// <summary>Makes a reply as it comes.</summary>
    public async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        ChatPlan plan, int choice, Identity by, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChatOptions made = await OptionsAsync(plan, choice, by, cancellationToken);
        await foreach (ChatResponseUpdate update in (plan.HasKnowledge ? _loop : client).GetStreamingResponseAsync(plan.Messages, made, cancellationToken))
        {
            yield return update;
        }
    }

    // The functions act in the name of whoever the request comes from, whatever the conversation says.
    private async Task<ChatOptions> OptionsAsync(ChatPlan plan, int choice, Identity by, CancellationToken cancellationToken)
    {
        ChatOptions made = plan.Options.Clone();
        made.Seed += choice;
        if (plan.HasKnowledge)
        {
            KnowledgeFunctions functions = new(await runtime.KnowledgeAsync(cancellationToken), by.Model, logger);
            made.Tools = [.. functions.CreateFunctions(FunctionPrefix)];
        }

        return made;
    }
}
