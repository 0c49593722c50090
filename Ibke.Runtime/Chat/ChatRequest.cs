using System.Text.Json.Nodes;
using Ibke.Runtime.Chat.Reasoning;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>A request that was checked, and copied, before anything runs.</summary>
/// <param name="Conversation">The messages.</param>
/// <param name="Tools">The functions.</param>
/// <param name="Reasoning">How the model marks its thoughts, or null.</param>
/// <param name="Variables">Further variables of the template.</param>
/// <param name="Sampling">How tokens are chosen.</param>
/// <param name="MaximumOutputTokens">The most tokens of the reply, or null for the rest of the context.</param>
/// <param name="Version">The edits in force at the time of the request.</param>
/// <param name="Format">The form of the reply that is asked for, or null.</param>
/// <param name="IsWhole">Whether the reply is wanted in one piece, not as it comes.</param>
internal sealed record ChatRequest(
    Conversation Conversation,
    ToolUse Tools,
    ReasoningFormat? Reasoning,
    JsonObject Variables,
    GenerationOptions Sampling,
    int? MaximumOutputTokens,
    WeightVersion Version,
    ChatResponseFormat? Format = null,
    bool IsWhole = false)
{
    /// <exception cref="ArgumentException">There is no message, or an option has a value that no reply could honour.</exception>
    /// <exception cref="NotSupportedException">The request asks for something that a local model does not offer.</exception>
    public static ChatRequest Read(
        IEnumerable<ChatMessage> messages, ChatOptions? options, LanguageModel model, ChatDialect dialect, LocalChatClientOptions client)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (options is not null)
        {
            RefuseUnknown(options, model);
        }

        GenerationOptions sampling = SamplingSettings.Read(options, model.Generation);
        ToolUse tools = ToolUse.Read(options, dialect.Calls);

        // Text that is constrained from its beginning ends by itself, and a mark of the template may be part of it.
        bool endsByItself = tools.Beginning.Length > 0 || options?.ResponseFormat is ChatResponseFormatJson;
        sampling = (tools.MayCall ? sampling : WithoutCalls(sampling, dialect.Calls.Format, model)) with
        {
            ShownSpecialTokens = dialect.MarksIn(model.Tokenizer, tools.MayCall),
            EndTokens = dialect.TurnEnds,
            StopSequences = endsByItself ? sampling.StopSequences : [.. sampling.StopSequences, .. dialect.StopSequences],
        };
        return new ChatRequest(
            new Conversation(messages, options?.Instructions),
            tools,
            dialect.Reasoning,
            TemplateVariables.Read(options),
            sampling,
            options?.MaxOutputTokens ?? client.MaximumOutputTokens,
            model.Versions.Current,
            options?.ResponseFormat);
    }

    /// <summary>A model that writes calls by a token of their own cannot begin one.</summary>
    private static GenerationOptions WithoutCalls(GenerationOptions sampling, ToolCallFormat format, LanguageModel model)
    {
        Dictionary<int, float> bans = format.Marks.Where(static mark => mark.Length > 1).Select(model.Tokenizer.FindId).OfType<int>()
            .Where(id => id < model.Config.VocabularySize).Distinct().ToDictionary(static id => id, static _ => float.NegativeInfinity);
        foreach ((int id, float bias) in sampling.LogitBias ?? new Dictionary<int, float>())
        {
            bans.TryAdd(id, bias);
        }

        return bans.Count > 0 ? sampling with { LogitBias = bans } : sampling;
    }

    private static void RefuseUnknown(ChatOptions options, LanguageModel model)
    {
        if (options.ConversationId is not null)
        {
            throw new NotSupportedException(
                "The client keeps no conversations (ChatOptions.ConversationId): give the whole history with every request. What was computed of it is reused.");
        }

        if (options.ModelId is { } id && !string.Equals(id, model.Id, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"The client serves the model '{model.Id}', not '{id}' (ChatOptions.ModelId).", nameof(options));
        }
    }
}
