using Microsoft.Extensions.Logging;

namespace Ibke.Runtime.Hosting;

/// <summary>What hosting tells a log.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(200, LogLevel.Information, "Model {Model} on {Engine}, ready after {Seconds:0.00} s")]
    public static partial void Loaded(ILogger logger, string model, string engine, double seconds);

    [LoggerMessage(201, LogLevel.Critical, "The model of {Folder} cannot be served")]
    public static partial void LoadingFailed(ILogger logger, Exception error, string folder);

    [LoggerMessage(202, LogLevel.Information, "Stopping: {Running} replies are being made")]
    public static partial void Stopping(ILogger logger, int running);

    [LoggerMessage(203, LogLevel.Warning, "{Running} replies were cancelled, for they took longer than {Time}")]
    public static partial void Cancelled(ILogger logger, int running, TimeSpan time);
}
