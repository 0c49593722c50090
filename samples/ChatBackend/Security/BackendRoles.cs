using Ibke.Runtime.Knowledge.Policies;

namespace Ibke.Samples.ChatBackend.Security;

/// <summary>What a caller may do.</summary>
[Flags]
public enum BackendRoles
{
    /// <summary>See what the model knows.</summary>
    None = 0,

    /// <summary>Ask the model.</summary>
    Chat = 1,

    /// <summary>Propose edits.</summary>
    Propose = 2,

    /// <summary>Approve and decline what others propose.</summary>
    Approve = 4,

    /// <summary>Take edits back.</summary>
    Revert = 8,

    /// <summary>Suspend and resume all edits.</summary>
    Administer = 16,

    /// <summary>All of them.</summary>
    All = Chat | Propose | Approve | Revert | Administer,
}

/// <summary>Roles as configuration and answers write them.</summary>
internal static class BackendRoleNames
{
    private static readonly (string Name, BackendRoles Role, KnowledgeRoles Knowledge)[] _roles =
    [
        ("chat", BackendRoles.Chat, KnowledgeRoles.None),
        ("propose", BackendRoles.Propose, KnowledgeRoles.Propose),
        ("approve", BackendRoles.Approve, KnowledgeRoles.Approve),
        ("revert", BackendRoles.Revert, KnowledgeRoles.Revert),
        ("administer", BackendRoles.Administer, KnowledgeRoles.Administer),
    ];

    /// <summary>All names.</summary>
    public static string All { get; } = string.Join(", ", _roles.Select(role => role.Name));

    /// <summary>Roles of their names; null where there is none, or one is not known.</summary>
    public static BackendRoles? TryParse(IEnumerable<string> names)
    {
        BackendRoles roles = BackendRoles.None;
        foreach (string name in names)
        {
            BackendRoles role = _roles.FirstOrDefault(role => role.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase)).Role;
            if (role == BackendRoles.None)
            {
                return null;
            }

            roles |= role;
        }

        return roles == BackendRoles.None ? null : roles;
    }

    /// <summary>The names of roles.</summary>
    public static string[] Of(BackendRoles roles) => [.. _roles.Where(role => roles.HasFlag(role.Role)).Select(role => role.Name)];

    /// <summary>What they come to in the knowledge service.</summary>
    public static KnowledgeRoles ToKnowledge(BackendRoles roles) => _roles
        .Where(role => roles.HasFlag(role.Role)).Aggregate(KnowledgeRoles.None, (all, role) => all | role.Knowledge);
}
