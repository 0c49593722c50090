namespace Ibke.Samples.ChatBackend.Security;

/// <summary>Tells browsers what pages may do, and to keep no answers.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    /// <summary>Adds the headers.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'self'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (AccessControl.IsGuarded(context.Request.Path))
        {
            headers.CacheControl = "no-store";
        }

        return next(context);
    }
}
