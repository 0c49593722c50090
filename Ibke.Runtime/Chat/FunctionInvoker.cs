using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>Calls the functions of one request for the model; whatever goes wrong becomes a result that the model can read.</summary>
internal sealed class FunctionInvoker(IEnumerable<AITool> tools, ToolLoopOptions options)
{
    private readonly Dictionary<string, AITool> _tools = tools.GroupBy(static tool => tool.Name).ToDictionary(static group => group.Key, static group => group.First());

    /// <summary>Whether all calls are this loop's to answer: none is for a function that only the caller can run or must approve.</summary>
    public bool CanAnswer(IEnumerable<FunctionCallContent> calls) => calls.All(call =>
        !_tools.TryGetValue(call.Name, out AITool? tool) || (tool is AIFunction function && function.GetService<ApprovalRequiredAIFunction>() is null));

    /// <summary>Calls one after another, in order.</summary>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public async Task<ChatMessage> AnswerAsync(
        IReadOnlyList<FunctionCallContent> calls, IReadOnlyList<ChatMessage> messages, int round, CancellationToken cancellationToken)
    {
        List<AIContent> results = [];
        foreach (FunctionCallContent call in calls)
        {
            cancellationToken.ThrowIfCancellationRequested();
            results.Add(await AnswerAsync(call, messages, round, cancellationToken).ConfigureAwait(false));
        }

        return Message(results);
    }

    /// <summary>Calls nothing; every call has the same result.</summary>
    public static ChatMessage Decline(IEnumerable<FunctionCallContent> calls, string result) =>
        Message([.. calls.Select(call => new FunctionResultContent(call.CallId, result))]);

    private static ChatMessage Message(IList<AIContent> results) =>
        new(ChatRole.Tool, results) { MessageId = "msg_" + Guid.NewGuid().ToString("N") };

    private async Task<FunctionResultContent> AnswerAsync(
        FunctionCallContent call, IReadOnlyList<ChatMessage> messages, int round, CancellationToken cancellationToken)
    {
        if (call.Exception is not null)
        {
            return Failure(call, call.Exception);
        }

        if (!_tools.TryGetValue(call.Name, out AITool? tool))
        {
            return new FunctionResultContent(call.CallId, $"Error: there is no function named '{call.Name}'.");
        }

        try
        {
            AIFunction function = (AIFunction)tool;

            // A copy: filters may change what the function gets, but not what the model wrote.
            AIFunctionArguments arguments = new(new Dictionary<string, object?>(call.Arguments ?? new Dictionary<string, object?>()))
            {
                Services = options.Services,
            };
            FunctionInvocation invocation = new(call, function, arguments, messages, round);
            foreach (FunctionFilter filter in options.Filters)
            {
                FunctionDecision decision = await filter(invocation, cancellationToken).ConfigureAwait(false);
                if (!decision.IsCalled)
                {
                    return new FunctionResultContent(call.CallId, decision.Result);
                }
            }

            return new FunctionResultContent(call.CallId, await function.InvokeAsync(arguments, cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failure)
        {
            return Failure(call, failure);
        }
    }

    private static FunctionResultContent Failure(FunctionCallContent call, Exception failure) =>
        new(call.CallId, $"Error: {failure.Message}") { Exception = failure };
}
