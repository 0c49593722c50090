using System.Text.Json.Nodes;
using Ibke.Runtime.Chat.ToolCalls;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>Which functions a request offers and whether the reply may or must call them.</summary>
/// <param name="Declarations">The functions as the template shows them, or null.</param>
/// <param name="Format">How the model writes calls, or null where it knows none.</param>
/// <param name="MayCall">Whether the reply may hold calls.</param>
/// <param name="SeveralCalls">Whether it may hold more than one.</param>
/// <param name="Beginning">What the reply is made to begin with so that it becomes a call; empty where it is free.</param>
internal sealed record ToolUse(JsonArray? Declarations, ToolCallFormat? Format, bool MayCall, bool SeveralCalls, string Beginning)
{
    /// <exception cref="NotSupportedException">A tool is no function, or a call is required of a model that knows none.</exception>
    /// <exception cref="ArgumentException">The required function is not among the tools.</exception>
    public static ToolUse Read(ChatOptions? options, ToolCallFormat? format)
    {
        JsonArray? declarations = ToolDeclarations.ToJson(options?.Tools);
        bool mayCall = declarations is not null && options!.ToolMode is not NoneChatToolMode;
        string beginning = mayCall && options!.ToolMode is RequiredChatToolMode required ? BeginningOf(required, options, format) : "";
        return new ToolUse(declarations, format, mayCall, options?.AllowMultipleToolCalls != false, beginning);
    }

    private static string BeginningOf(RequiredChatToolMode required, ChatOptions options, ToolCallFormat? format)
    {
        if (format is null)
        {
            throw new NotSupportedException("A function call is required, but the model's chat template knows no form of call that could be begun.");
        }

        string? name = required.RequiredFunctionName;
        return name is null || options.Tools!.Any(tool => tool.Name == name)
            ? format.BeginningOfCall(name)
            : throw new ArgumentException($"The required function '{name}' is not among the tools.", nameof(options.ToolMode));
    }
}
