using System.Diagnostics;
using Ibke.Samples.ChatBackend.Security;

namespace Ibke.Samples.ChatBackend.Auditing;

/// <summary>Writes one line a call.</summary>
internal sealed class AuditTrail(RequestDelegate next, ILogger<AuditTrail> logger)
{
    private const int LongestPath = 200;

    /// <summary>Runs the rest, and writes the line when it has ended.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            if (AccessControl.IsGuarded(context.Request.Path))
            {
                CallTokens tokens = CallTokens.Of(context);
                BackendLog.Called(
                    logger,
                    Identity.Find(context)?.Name ?? "unknown",
                    Printable(context.Request.Method),
                    Printable(context.Request.Path.Value ?? ""),
                    context.Response.StatusCode,
                    (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds,
                    tokens.Prompt,
                    tokens.Reply);
            }
        }
    }

    // Whoever calls must not be able to write lines of their own.
    private static string Printable(string text) =>
        string.Concat(text.Take(LongestPath).Select(character => char.IsControl(character) || char.IsSeparator(character) ? '?' : character));
}
