using Microsoft.Extensions.Logging;

namespace Ibke.Runtime.Knowledge.AnswerChecks;

/// <summary>What checks of answers tell a log.</summary>
internal static partial class AnswerCheckLog
{
    [LoggerMessage(120, LogLevel.Warning, "Asked \"{Question}\", the model said \"{Answer}\", but {Source} says \"{Current}\"")]
    public static partial void Stale(ILogger logger, string question, string answer, string source, string current);

    [LoggerMessage(121, LogLevel.Warning, "An answer was not checked: {Source}")]
    public static partial void SourceFailed(ILogger logger, Exception error, string source);

    [LoggerMessage(122, LogLevel.Warning, "No edit could be proposed for the stale answer to \"{Question}\"")]
    public static partial void ProposalFailed(ILogger logger, Exception error, string question);

    [LoggerMessage(123, LogLevel.Warning, "Too many stale answers wait; none is proposed for \"{Question}\"")]
    public static partial void Dropped(ILogger logger, string question);
}
