using System.Runtime.CompilerServices;
using Ibke.Runtime.Chat.ToolCalls;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>
/// Calls functions for a model: asks the inner client, calls what the reply asks for, gives the results back, and asks again until the model answers
/// in words. For hosts without a loop of their own; Semantic Kernel and <c>FunctionInvokingChatClient</c> bring theirs.
/// </summary>
/// <remarks>
/// <para>
/// A response holds everything of all rounds: replies with calls, messages with results, the answer; usage counts all rounds. Calls of one reply run
/// one after another. An unknown function and an exception (its message, not its stack) become results that begin with <c>Error:</c>. A call that
/// cannot be read is text (<see cref="LocalChatClient"/>): a reply without other calls ends the loop, and beside others it keeps them from being
/// made, with results that say so, for half of a plan is not carried out. A call of a function that the loop cannot run, as it is declared only or needs approval, ends the loop and goes to the caller.
/// </para>
/// <para>A required call (<see cref="ChatOptions.ToolMode"/>) is required in the first round only. Thread-safe as the inner client is.</para>
/// </remarks>
public sealed class ToolLoopChatClient : DelegatingChatClient
{
    private readonly ToolLoopOptions _options;

    /// <summary>Puts a loop around a client.</summary>
    /// <param name="innerClient">Disposed with the loop.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of rounds is below 1.</exception>
    public ToolLoopChatClient(IChatClient innerClient, ToolLoopOptions? options = null)
        : base(innerClient)
    {
        _options = options ?? new ToolLoopOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaximumRounds, 1, nameof(ToolLoopOptions.MaximumRounds));
        ArgumentNullException.ThrowIfNull(_options.Filters, nameof(ToolLoopOptions.Filters));
    }

    /// <inheritdoc/>
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return options?.Tools is { Count: > 0 }
            ? RunAsync([.. messages], options, cancellationToken)
            : InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken);
    }

    private async IAsyncEnumerable<ChatResponseUpdate> RunAsync(
        List<ChatMessage> history, ChatOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        FunctionInvoker functions = new(options.Tools!, _options);
        for (int round = 1; ; round++)
        {
            List<ChatResponseUpdate> reply = [];
            await foreach (ChatResponseUpdate update in InnerClient
                .GetStreamingResponseAsync(history, options, cancellationToken).ConfigureAwait(false))
            {
                reply.Add(update);
                yield return update;
            }

            FunctionCallContent[] calls = [.. reply.SelectMany(static update => update.Contents)
                .OfType<FunctionCallContent>().Where(static call => !call.InformationalOnly)];
            if (calls.Length == 0 || round > _options.MaximumRounds || !functions.CanAnswer(calls))
            {
                yield break;
            }

            // A new list: the inner client may still hold the one it was given.
            history = [.. history, .. reply.ToChatResponse().Messages];
            ChatMessage results = reply.SelectMany(static update => update.Contents).Select(ToolCallParser.ProblemOf).FirstOrDefault(static problem => problem is not null) is { } problem
                ? FunctionInvoker.Decline(calls, $"Error: nothing was called, for another call of the same reply cannot be read: {problem}.")
                : await functions.AnswerAsync(calls, history, round, cancellationToken).ConfigureAwait(false);
            history.Add(results);
            yield return new ChatResponseUpdate(ChatRole.Tool, results.Contents)
            {
                MessageId = results.MessageId,
                ResponseId = reply[^1].ResponseId,
                ModelId = reply[^1].ModelId,
                CreatedAt = reply[^1].CreatedAt,
            };
            options = Following(options, round);
        }
    }

    /// <summary>The options of the next round: no call is required any more, and after the last round none is allowed.</summary>
    private ChatOptions Following(ChatOptions options, int round)
    {
        ChatOptions next = options.Clone();
        next.ToolMode = round == _options.MaximumRounds ? ChatToolMode.None
            : options.ToolMode is RequiredChatToolMode ? null
            : options.ToolMode;
        return next;
    }
}
