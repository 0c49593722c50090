namespace Ibke.Samples.ChatBackend.Auditing;

/// <summary>What the backend tells the log. Never texts of conversations or facts.</summary>
internal static partial class BackendLog
{
    [LoggerMessage(300, LogLevel.Information, "{Caller} {Method} {Path} {Status} in {Milliseconds} ms, {PromptTokens} + {ReplyTokens} tokens")]
    public static partial void Called(ILogger logger, string caller, string method, string path, int status, long milliseconds, long promptTokens, long replyTokens);

    [LoggerMessage(301, LogLevel.Error, "A request failed")]
    public static partial void Failed(ILogger logger, Exception error);
}
