using Ibke.Runtime.Hosting;
using Ibke.Samples.ChatBackend.Security;

namespace Ibke.Samples.ChatBackend.Chat;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>.</summary>
internal static class ModelEndpoints
{
    private static readonly long _created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>Adds them.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder models = routes.MapGroup("/v1/models").WithTags("openai").WithMetadata(new NeededRoles(BackendRoles.Chat));
        models.MapGet("", async (IbkeRuntime runtime, CancellationToken cancellation) =>
            new ModelList("list", [.. ModelName.Of((await runtime.ModelAsync(cancellation)).Id).Select(View)]));
        models.MapGet("/{id}", async (string id, IbkeRuntime runtime, CancellationToken cancellation) =>
            View(ModelName.Find(id, (await runtime.ModelAsync(cancellation)).Id)));
    }

    private static ModelView View(ModelName name) => new(name.Id, "model", _created, "ibke");
}

/// <summary>The models that are served.</summary>
internal sealed record ModelList(string Object, IReadOnlyList<ModelView> Data);

/// <summary>A model, as OpenAI shows it; created when the process started.</summary>
internal sealed record ModelView(string Id, string Object, long Created, string OwnedBy);
