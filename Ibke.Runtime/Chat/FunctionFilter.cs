using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>Decides, before a function is called for the model, whether it is.</summary>
/// <param name="invocation">What is about to be called; its arguments may be changed.</param>
/// <param name="cancellationToken">The request's.</param>
public delegate ValueTask<FunctionDecision> FunctionFilter(FunctionInvocation invocation, CancellationToken cancellationToken);

/// <summary>A call the model asked for.</summary>
/// <param name="Call">The call as the model made it.</param>
/// <param name="Function">The function of that name.</param>
/// <param name="Arguments">What it will be called with.</param>
/// <param name="Messages">The conversation up to and with the message that calls.</param>
/// <param name="Round">Which round of calls this is, from 1.</param>
public sealed record FunctionInvocation(
    FunctionCallContent Call, AIFunction Function, AIFunctionArguments Arguments, IReadOnlyList<ChatMessage> Messages, int Round);

/// <summary>What a <see cref="FunctionFilter"/> decided.</summary>
public sealed class FunctionDecision
{
    private FunctionDecision(bool isCalled, object? result)
    {
        IsCalled = isCalled;
        Result = result;
    }

    /// <summary>The function is called, unless a later filter decides otherwise.</summary>
    public static FunctionDecision Proceed { get; } = new(true, null);

    internal bool IsCalled { get; }

    internal object? Result { get; }

    /// <summary>The function is not called; the model reads that it was refused, and why.</summary>
    public static FunctionDecision Refuse(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new FunctionDecision(false, new Dictionary<string, object?> { ["status"] = "refused", ["reason"] = reason });
    }

    /// <summary>The function is not called; the model reads this result in its place.</summary>
    public static FunctionDecision Replace(object? result) => new(false, result);
}
