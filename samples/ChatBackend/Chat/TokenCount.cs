using Ibke.Samples.ChatBackend.Auditing;
using Ibke.Samples.ChatBackend.Queues;
using Microsoft.Extensions.AI;

namespace Ibke.Samples.ChatBackend.Chat;

/// <summary>Counts the tokens of a request: for its answer, for the log, and for the load.</summary>
internal sealed class TokenCount(CallTokens call, LoadMeter meter)
{
    private long _cached;
    private long _sinceUsage;

    /// <summary>The tokens so far.</summary>
    public UsageView View => new(call.Prompt, call.Reply, call.Prompt + call.Reply, new PromptTokensView(_cached));

    /// <summary>Counts an update: a token at a time for the load, and what is right once a reply is complete.</summary>
    public void Add(ChatResponseUpdate update)
    {
        UsageDetails[] complete = [.. update.Contents.OfType<UsageContent>().Select(content => content.Details)];
        if (complete.Length == 0)
        {
            _sinceUsage++;
            meter.Add(1);
        }

        foreach (UsageDetails usage in complete)
        {
            Add(usage);
        }
    }

    /// <summary>Counts a complete reply.</summary>
    public void Add(UsageDetails usage)
    {
        long reply = usage.OutputTokenCount ?? 0;
        call.Add(usage.InputTokenCount ?? 0, reply);
        _cached += usage.CachedInputTokenCount ?? 0;
        meter.Add(Math.Max(0, reply - _sinceUsage));
        _sinceUsage = 0;
    }
}
