using Ibke.Runtime.Knowledge.Journals;
using Microsoft.Extensions.Logging;

namespace Ibke.Runtime.Knowledge.Service;

/// <summary>What the service tells a log.</summary>
internal static partial class KnowledgeLog
{
    [LoggerMessage(100, LogLevel.Information, "Journal {Journal} opened at entry {Sequence}: {Edits} edits")]
    public static partial void Opened(ILogger logger, string journal, long sequence, int edits);

    [LoggerMessage(101, LogLevel.Information, "{Caller} proposed \"{Question}\": {Status} {Id} {Reason}")]
    public static partial void Proposed(ILogger logger, string caller, string question, ProposalStatus status, string? id, string? reason);

    [LoggerMessage(102, LogLevel.Information, "Edit {Id} taken back by {Caller} ({Rule}): {Reason}")]
    public static partial void Reverted(ILogger logger, string id, string caller, string rule, string? reason);

    [LoggerMessage(103, LogLevel.Warning, "Edits {Kind} by {Caller}: {Reason}")]
    public static partial void Switched(ILogger logger, JournalEntryKind kind, string caller, string? reason);

    [LoggerMessage(105, LogLevel.Warning, "Looking after the edits failed; tried again in {Pause}")]
    public static partial void UpkeepFailed(ILogger logger, Exception error, TimeSpan pause);

    [LoggerMessage(104, LogLevel.Information, "{Caller} approved {Id}: {Status} {Reason}")]
    public static partial void Approved(ILogger logger, string caller, string id, ProposalStatus status, string? reason);
}
