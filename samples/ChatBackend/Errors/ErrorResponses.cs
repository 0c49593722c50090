using System.Globalization;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Templates;
using Ibke.Samples.ChatBackend.Auditing;

namespace Ibke.Samples.ChatBackend.Errors;

/// <summary>Answers in OpenAI's form where something fails, and where nothing answers.</summary>
internal sealed class ErrorResponses(RequestDelegate next, ILogger<ErrorResponses> logger)
{
    /// <summary>Runs the rest, and writes an error if it fails.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: 404 or 405, ContentLength: null, ContentType: null })
            {
                await WriteAsync(context, new ApiException(
                    context.Response.StatusCode, "invalid_request_error", $"There is no {context.Request.Method} {context.Request.Path}.", null, "unknown_url"));
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads it any more; the status is for the log.
            SetAborted(context);
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, Translate(error, logger));
        }
    }

    /// <summary>The error that a caller is told of; a fault of the server is logged.</summary>
    public static ApiException Translate(Exception error, ILogger logger)
    {
        switch (error)
        {
            case ApiException known:
                return known;
            case BadHttpRequestException bad:
                return new ApiException(bad.StatusCode, "invalid_request_error", bad.Message);
            case PromptTooLongException:
                return ApiException.Invalid(error.Message, "messages", "context_length_exceeded");
            case ArgumentException or NotSupportedException or TemplateException:
                return ApiException.Invalid(WithoutParameter(error.Message));
            case FactSourceException:
                return new ApiException(StatusCodes.Status502BadGateway, "server_error", "A source of facts cannot be read, or sources disagree.", null, "source_failed");
            case JournalException:
                BackendLog.Failed(logger, error);
                return ApiException.Unavailable("The journal cannot be reached; nothing was changed.");
            case CheckpointException:
                return ApiException.Unavailable("The model cannot be loaded.");
            case OperationCanceledException or ObjectDisposedException:
                return ApiException.Unavailable("The server is stopping.");
            default:
                BackendLog.Failed(logger, error);
                return new ApiException(StatusCodes.Status500InternalServerError, "server_error", "The server failed; its log says why.");
        }
    }

    private static async Task WriteAsync(HttpContext context, ApiException error)
    {
        context.Response.StatusCode = error.Status;
        if (error.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (error.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        await context.Response.WriteAsJsonAsync(error.Body, ApiJson.Options, context.RequestAborted);
    }

    private static void SetAborted(HttpContext context)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
    }

    // What .NET adds to messages names parameters of methods.
    private static string WithoutParameter(string message)
    {
        int at = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return at < 0 ? message : message[..at];
    }
}
