namespace Ibke.Runtime.Chat;

/// <summary>How a <see cref="ToolLoopChatClient"/> calls functions for the model.</summary>
public sealed record ToolLoopOptions
{
    /// <summary>How often in one request functions are called and the model asked again. Default 8, at least 1. Then the model answers without calls.</summary>
    public int MaximumRounds { get; init; } = 8;

    /// <summary>Asked in order before each call; the first that does not let it proceed decides. Default: none.</summary>
    public IReadOnlyList<FunctionFilter> Filters { get; init; } = [];

    /// <summary>What functions find as <c>AIFunctionArguments.Services</c>. Default null.</summary>
    public IServiceProvider? Services { get; init; }
}
