using Ibke.Runtime.Chat.Reasoning;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Generation;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>Turns the steps of a generation into the updates of one response.</summary>
internal sealed class ReplyWriter
{
    /// <summary>Key of the number of the weight version that answered, in additional properties.</summary>
    public const string VersionKey = "ibke.weight_version";

    /// <summary>Key of the ids of the edits that were in force.</summary>
    public const string EditsKey = "ibke.edits";

    /// <summary>Key of the log-probabilities of the tokens, where the request asks for them.</summary>
    public const string LogProbabilitiesKey = "ibke.logprobs";

    private readonly ChatRequest _request;
    private readonly string _modelId;
    private readonly ReasoningParser? _reasoning;
    private readonly ToolCallParser? _parser;
    private readonly string _responseId = "resp_" + Guid.NewGuid().ToString("N");
    private readonly string _messageId = "msg_" + Guid.NewGuid().ToString("N");
    private readonly DateTimeOffset _createdAt;
    private readonly List<TokenLogProbability> _probabilities = [];
    private bool _skipsSpace;
    private int _shownProbabilities;
    private bool _hasCalls;
    private bool _hasMalformedCall;

    public ReplyWriter(ChatRequest request, Prompt prompt, string modelId, DateTimeOffset createdAt)
    {
        _request = request;
        _modelId = modelId;
        _createdAt = createdAt;
        _reasoning = request.Reasoning is { } format && request.Tools.Beginning.Length == 0 ? new ReasoningParser(format, prompt.IsInThoughts) : null;
        _skipsSpace = prompt.IsInLine;
        _parser = ParserFor(request);
        _parser?.Append(request.Tools.Beginning);
    }

    /// <summary>Whether the reply is complete although the model would go on: it has the one call that is allowed.</summary>
    public bool IsComplete => _hasCalls && !_request.Tools.SeveralCalls;

    /// <summary>Takes a step and gives the updates that are certain now.</summary>
    public IEnumerable<ChatResponseUpdate> Append(GenerationStep step)
    {
        if (step.LogProbability is { } probability)
        {
            _probabilities.Add(probability);
        }

        return Updates(_reasoning is null ? Read(step.Text) : Read(_reasoning.Append(step.Text)));
    }

    /// <summary>Ends the reply: what is left of it, and the last update with finish reason, usage and the edits that were in force.</summary>
    public IEnumerable<ChatResponseUpdate> Finish(GenerationStep last)
    {
        List<ChatResponseUpdate> updates = IsComplete ? [] : [.. Updates([.. _reasoning is null ? [] : Read(_reasoning.Finish()), .. _parser?.Finish() ?? []])];
        ChatResponseUpdate end = Update(new UsageContent(Usage(last.Usage)));
        end.FinishReason = _hasCalls && !(_hasMalformedCall && last.FinishReason == FinishReason.Length) ? ChatFinishReason.ToolCalls
            : last.FinishReason == FinishReason.Length ? ChatFinishReason.Length
            : ChatFinishReason.Stop;
        end.AdditionalProperties = EditsInForce();
        if (_request.Sampling.LogProbabilities is not null)
        {
            // The last word on the message: all of them.
            end.AdditionalProperties[LogProbabilitiesKey] = _probabilities.ToArray();
        }

        updates.Add(end);
        return updates;
    }

    /// <summary>The weight version and its edits, for the properties of a message.</summary>
    public AdditionalPropertiesDictionary EditsInForce() => new()
    {
        [VersionKey] = _request.Version.Number,
        [EditsKey] = _request.Version.Edits.Select(static edit => edit.Id).ToArray(),
    };

    private IEnumerable<AIContent> Read((string Thoughts, string Text) piece) =>
        piece.Thoughts.Length == 0 ? Read(piece.Text) : [new TextReasoningContent(piece.Thoughts), .. Read(piece.Text)];

    private IEnumerable<AIContent> Read(string piece)
    {
        string text = _skipsSpace ? piece.TrimStart() : piece;
        _skipsSpace &= text.Length == 0;
        return _parser is not null ? _parser.Append(text) : text.Length == 0 ? [] : [new TextContent(text)];
    }

    private static UsageDetails Usage(TokenUsage usage) => new()
    {
        InputTokenCount = usage.PromptTokens,
        CachedInputTokenCount = usage.CachedTokens,
        OutputTokenCount = usage.GeneratedTokens,
        TotalTokenCount = usage.PromptTokens + usage.GeneratedTokens,
    };

    /// <summary>Reads the calls of a reply; none is needed where no functions are declared, as whatever the model writes then is text.</summary>
    private static ToolCallParser? ParserFor(ChatRequest request)
    {
        ToolUse tools = request.Tools;
        CallDelivery delivery = !tools.MayCall ? CallDelivery.AsText
            : request.IsWhole && tools.SeveralCalls ? CallDelivery.AllOrNothing
            : CallDelivery.AtOnce;
        
        // Where a form is asked for, a reply is calls or of that form; what looks like a call within it is a part of it.
        bool onlyAtStart = request.Format is ChatResponseFormatJson && tools.Beginning.Length == 0;
        return tools.Declarations is null ? null
            : new ToolCallParser(tools.Calls.Format, new DeclaredFunctions(tools.Declarations), delivery, onlyAtStart);
    }

    private IEnumerable<ChatResponseUpdate> Updates(IEnumerable<AIContent> contents)
    {
        foreach (AIContent content in contents)
        {
            if (content is FunctionCallContent)
            {
                if (IsComplete)
                {
                    continue;
                }

                _hasCalls = true;
            }

            ChatResponseUpdate update = Update(content);
            if (ToolCallParser.ProblemOf(content) is { } problem)
            {
                _hasMalformedCall = true;

                // On the message too: the texts of a message are joined, and their properties are lost.
                update.AdditionalProperties = new() { [ToolCallParser.MalformedKey] = problem };
            }

            if (_shownProbabilities < _probabilities.Count)
            {
                update.AdditionalProperties ??= [];
                update.AdditionalProperties[LogProbabilitiesKey] = _probabilities[_shownProbabilities..].ToArray();
                _shownProbabilities = _probabilities.Count;
            }

            yield return update;
        }
    }

    private ChatResponseUpdate Update(AIContent content) => new(ChatRole.Assistant, [content])
    {
        ResponseId = _responseId,
        MessageId = _messageId,
        ModelId = _modelId,
        CreatedAt = _createdAt,
    };
}
