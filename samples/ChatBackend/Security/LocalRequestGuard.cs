using System.Net;
using Ibke.Samples.ChatBackend.Errors;

namespace Ibke.Samples.ChatBackend.Security;

/// <summary>
/// Lets only this machine in as long as there are no keys. The host must be local too, as a page of another site may have its own name point here.
/// </summary>
internal sealed class LocalRequestGuard(RequestDelegate next, KeyRing keys)
{
    /// <summary>Lets a request through, or fails it.</summary>
    /// <exception cref="ApiException">It is not local.</exception>
    public Task InvokeAsync(HttpContext context)
    {
        if (keys.IsEmpty)
        {
            // A Unix socket has no address.
            bool near = context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);
            if (!near || !ListenRules.IsLocalHost(context.Request.Host.Host))
            {
                throw ApiException.Forbidden("Without keys only requests of this machine to localhost are answered.");
            }
        }

        return next(context);
    }
}
