using Ibke.Runtime.Knowledge.Policies;

namespace Ibke.Samples.ChatBackend.Security;

/// <summary>Whom a request comes from, as its key or the local machine says; never as its content says.</summary>
/// <param name="Name">The name of the key, or of the local user.</param>
/// <param name="Roles">What it may do.</param>
/// <param name="IsLocal">Whether it is the local user, as no keys are configured.</param>
internal sealed record Identity(string Name, BackendRoles Roles, bool IsLocal)
{
    private static readonly object _key = new();

    /// <summary>The local user, who may do everything.</summary>
    public static Identity Local { get; } = new(string.IsNullOrWhiteSpace(Environment.UserName) ? "local" : Environment.UserName, BackendRoles.All, true);

    /// <summary>To the knowledge service: a person.</summary>
    public Caller Person { get; } = Caller.Person(Name, BackendRoleNames.ToKnowledge(Roles));

    /// <summary>
    /// To the knowledge service: the model in a conversation of this caller, with no right that the caller lacks. It has the caller's name, so that
    /// limits to the proposals of one caller hold for both together.
    /// </summary>
    public Caller Model { get; } = new(
        CallerKind.Model, Name, BackendRoleNames.ToKnowledge(Roles) & (KnowledgeRoles.Propose | KnowledgeRoles.Revert));

    /// <summary>Whom a request comes from; null where it has not been found out.</summary>
    public static Identity? Find(HttpContext context) => context.Items[_key] as Identity;

    /// <summary>Whom a request comes from, after <see cref="AccessControl"/>.</summary>
    public static Identity Of(HttpContext context) => Find(context) ?? throw new InvalidOperationException("The caller was not authenticated.");

    /// <summary>Keeps it with the request.</summary>
    public void SetOn(HttpContext context) => context.Items[_key] = this;
}
