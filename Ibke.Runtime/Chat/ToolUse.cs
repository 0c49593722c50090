using System.Text.Json.Nodes;
using Ibke.Runtime.Chat.ToolCalls;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>Which functions a request offers and whether the reply may or must call them.</summary>
/// <param name="Declarations">The functions as the template shows them, or null.</param>
/// <param name="Calls">How the model writes calls.</param>
/// <param name="MayCall">Whether the reply may hold calls.</param>
/// <param name="SeveralCalls">Whether it may hold more than one.</param>
/// <param name="Beginning">What the reply is made to begin with so that it becomes a call; empty where it is free.</param>
/// <param name="RequiredFunction">The only function that may be called; null where any may be.</param>
internal sealed record ToolUse(
    JsonArray? Declarations, ModelCalls Calls, bool MayCall, bool SeveralCalls, string Beginning, string? RequiredFunction = null)
{
    /// <exception cref="NotSupportedException">
    /// A tool is no function, the model cannot be shown functions, or a call is required of a model that knows none.
    /// </exception>
    /// <exception cref="ArgumentException">The required function is not among the tools.</exception>
    public static ToolUse Read(ChatOptions? options, ModelCalls calls)
    {
        JsonArray? declarations = ToolDeclarations.ToJson(options?.Tools);
        bool mayCall = declarations is not null && options!.ToolMode is not NoneChatToolMode;
        if (mayCall && !calls.CanShowFunctions)
        {
            throw new NotSupportedException(
                "The model's chat template shows the model no functions, so ChatOptions.Tools would have no effect: name a form of calls whose arguments are JSON "
                + $"({nameof(LocalChatClientOptions)}.{nameof(LocalChatClientOptions.ToolCallFormat)}, for example {nameof(ToolCallFormats)}.{nameof(ToolCallFormats.Hermes)}), which is then explained to it.");
        }

        RequiredChatToolMode? required = mayCall ? options!.ToolMode as RequiredChatToolMode : null;
        string beginning = required is null ? "" : BeginningOf(required, options!, calls.Syntax);
        return new ToolUse(declarations, calls, mayCall, options?.AllowMultipleToolCalls != false, beginning, required?.RequiredFunctionName);
    }

    private static string BeginningOf(RequiredChatToolMode required, ChatOptions options, CallSyntax? syntax)
    {
        if (syntax is null)
        {
            throw new NotSupportedException("A function call is required, but the model's chat template knows no form of call that could be begun.");
        }

        string? name = required.RequiredFunctionName;
        return name is null || options.Tools!.Any(tool => tool.Name == name)
            ? syntax.Beginning(name)
            : throw new ArgumentException($"The required function '{name}' is not among the tools.", nameof(options.ToolMode));
    }
}
