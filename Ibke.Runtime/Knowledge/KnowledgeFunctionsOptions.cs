using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ibke.Runtime.Knowledge;

/// <summary>How the functions treat requests.</summary>
public sealed record KnowledgeFunctionsOptions
{
    /// <summary>Decides whether an edit may be made. Default: <see cref="EditPolicies.AllowAll"/>.</summary>
    public EditAuthorization Authorization { get; init; } = EditPolicies.AllowAll;

    /// <summary>Recorded with every edit as the one who asked for it. Default: <c>model</c>.</summary>
    public string Requester { get; init; } = "model";

    /// <summary>Told of edits made, refused and failed, and of sources that cannot be read. Default: nobody.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
