using System.Text.Json;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Samples.ChatBackend.Queues;

namespace Ibke.Samples.ChatBackend.Knowledge;

/// <summary><c>/api/events</c>: what changes, as server-sent events.</summary>
internal static class EventEndpoints
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _load = TimeSpan.FromSeconds(1);

    /// <summary>Adds it.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/events", StreamAsync)
        .WithTags("knowledge")
        .WithSummary("Events: state at once and whenever it changes, load every second.")
        .Produces<string>(contentType: ServerSentEvents.ContentType);

    private static async Task StreamAsync(HttpContext context, KnowledgeDesk desk, ChatQueue queue, LoadMeter meter, IHostApplicationLifetime host)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, host.ApplicationStopping);
        KnowledgeService service = await desk.ServiceAsync(end.Token);
        ServerSentEvents events = new(context);
        string shown = "";
        TimeSpan sinceLoad = _load;
        try
        {
            // The journal has no notice of its own; looking at a reference ten times a second costs nothing.
            while (!end.IsCancellationRequested)
            {
                KnowledgeState state = service.State;
                if (state.Head.Hash != shown)
                {
                    shown = state.Head.Hash;
                    await events.WriteAsync(JsonSerializer.Serialize(StateView.Of(state), ApiJson.Options), "state", end.Token);
                }

                if (sinceLoad >= _load)
                {
                    sinceLoad = TimeSpan.Zero;
                    int inForce = state.Suspended ? 0 : service.Editor.List().Count(record => record.InForce);
                    LoadView load = new(Math.Round(meter.TokensPerSecond, 1), queue.Running, queue.Waiting, inForce);
                    await events.WriteAsync(JsonSerializer.Serialize(load, ApiJson.Options), "load", end.Token);
                }

                await Task.Delay(_look, end.Token);
                sinceLoad += _look;
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader went away, or the host stops: the stream ends.
        }
    }
}
