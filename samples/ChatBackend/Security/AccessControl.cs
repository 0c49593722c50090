using Ibke.Samples.ChatBackend.Errors;

namespace Ibke.Samples.ChatBackend.Security;

/// <summary>Finds out who calls, and whether it may; for everything under <c>/v1</c> and <c>/api</c>.</summary>
internal sealed class AccessControl(RequestDelegate next, KeyRing keys)
{
    private const string Scheme = "Bearer ";

    /// <summary>Lets a request through, or fails it.</summary>
    /// <exception cref="ApiException">The caller is not known, may not do that, or sends a form that browsers send for other sites.</exception>
    public Task InvokeAsync(HttpContext context)
    {
        if (!IsGuarded(context.Request.Path))
        {
            return next(context);
        }

        Identity identity = keys.IsEmpty ? Identity.Local : Authenticate(context.Request.Headers.Authorization.ToString());
        identity.SetOn(context);
        if (context.GetEndpoint() is not { } endpoint)
        {
            throw ApiException.NotFound($"There is no {context.Request.Method} {context.Request.Path}.", code: "unknown_url");
        }

        // Any of the roles is enough.
        if (endpoint.Metadata.GetMetadata<NeededRoles>() is { } needed && (identity.Roles & needed.Roles) == BackendRoles.None)
        {
            throw ApiException.Forbidden($"The key '{identity.Name}' may not do that; it needs one of the roles {string.Join(", ", BackendRoleNames.Of(needed.Roles))}.");
        }

        // A page of another site can send forms without asking first, but no JSON.
        if (HttpMethods.IsPost(context.Request.Method) && !context.Request.HasJsonContentType())
        {
            throw new ApiException(
                StatusCodes.Status415UnsupportedMediaType, "invalid_request_error", "The content type must be application/json.", null, "unsupported_media_type");
        }

        return next(context);
    }

    /// <summary>Whether a path is guarded.</summary>
    public static bool IsGuarded(PathString path) => path.StartsWithSegments("/v1") || path.StartsWithSegments("/api");

    private Identity Authenticate(string header) => !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        ? throw ApiException.Unauthorized("A key is needed: Authorization: Bearer KEY.")
        : keys.Find(header[Scheme.Length..].Trim()) ?? throw ApiException.Unauthorized("The key is not known.");
}

/// <summary>Of an endpoint: the roles one of which is needed.</summary>
internal sealed record NeededRoles(BackendRoles Roles);
