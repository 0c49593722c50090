using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>What a format sees in a text that begins with one of its marks.</summary>
internal sealed class CallReading
{
    private CallReading(int length, IReadOnlyList<FunctionCallContent> calls, string? problem)
    {
        Length = length;
        Calls = calls;
        Problem = problem;
    }

    /// <summary>The text breaks off: what follows decides.</summary>
    public static CallReading NeedsMore { get; } = new(0, [], null);

    /// <summary>How much of the text is read.</summary>
    public int Length { get; }

    /// <summary>The calls in it; none where it is text.</summary>
    public IReadOnlyList<FunctionCallContent> Calls { get; }

    /// <summary>What is wrong with the call that was begun; null where nothing is.</summary>
    public string? Problem { get; }

    /// <summary>The beginning of the text holds calls.</summary>
    public static CallReading Found(int length, params IReadOnlyList<FunctionCallContent> calls) => new(length, calls, null);

    /// <summary>The beginning of the text was meant as a call, which cannot be read.</summary>
    public static CallReading Malformed(int length, string problem) => new(length, [], problem);

    /// <summary>The beginning of the text is text.</summary>
    public static CallReading Text(int length) => new(length, [], null);
}
