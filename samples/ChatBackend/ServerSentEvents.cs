using System.Text;

namespace Ibke.Samples.ChatBackend;

/// <summary>An answer of server-sent events; it begins with the first one.</summary>
internal sealed class ServerSentEvents(HttpContext context)
{
    /// <summary>The media type.</summary>
    public const string ContentType = "text/event-stream";

    /// <summary>By which OpenAI's streams end.</summary>
    public const string End = "[DONE]";

    /// <summary>Writes an event, and sends it at once.</summary>
    /// <param name="data">One line.</param>
    /// <param name="name">The sort of event; null for the usual one.</param>
    /// <param name="cancellationToken">Ends the wait for a reader that is too slow.</param>
    public async Task WriteAsync(string data, string? name, CancellationToken cancellationToken)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = ContentType;
        }

        string text = name is null ? $"data: {data}\n\n" : $"event: {name}\ndata: {data}\n\n";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}
