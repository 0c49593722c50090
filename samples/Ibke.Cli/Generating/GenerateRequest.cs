using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Ibke.Cli.Generating;

/// <summary>One line of work for <c>ibke generate</c>: a text or tokens to continue, or a chat to answer.</summary>
/// <param name="Id">What the line called itself, passed through to the result; any JSON.</param>
/// <param name="Prompt">Text to continue as it stands; null for others.</param>
/// <param name="PromptIds">Tokens to continue; null for others.</param>
/// <param name="Messages">The chat; empty for others.</param>
/// <param name="Tools">Functions the model may call; they are listed to it, not called.</param>
internal sealed record GenerateRequest(
    JsonNode? Id, string? Prompt, IReadOnlyList<int>? PromptIds, IReadOnlyList<ChatMessage> Messages, IReadOnlyList<AITool> Tools);
