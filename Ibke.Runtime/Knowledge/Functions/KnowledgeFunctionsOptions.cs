using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ibke.Runtime.Knowledge.Functions;

/// <summary>How the functions treat requests.</summary>
public sealed record KnowledgeFunctionsOptions
{
    /// <summary>
    /// Decides whether an edit may be made or taken back. Default null: only what the fact source confirms (<see cref="EditPolicies.RequireSource"/>),
    /// and without a source nothing (<see cref="EditPolicies.ReadOnly"/>).
    /// </summary>
    public EditAuthorization? Authorization { get; init; }

    /// <summary>Recorded with every edit as the one who asked for it. Default: <c>model</c>.</summary>
    public string Requester { get; init; } = "model";

    /// <summary>Told of edits made, refused and failed, and of sources that cannot be read. Default: nobody.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
