namespace Ibke.Runtime.Knowledge.Policies;

/// <summary>What somebody may do to a model's knowledge.</summary>
[Flags]
public enum KnowledgeRoles
{
    /// <summary>Ask only.</summary>
    None = 0,

    /// <summary>Propose edits; policy decides whether they are made.</summary>
    Propose = 1,

    /// <summary>Approve or decline what others propose.</summary>
    Approve = 2,

    /// <summary>Take edits back.</summary>
    Revert = 4,

    /// <summary>Suspend and resume all edits, import and export them.</summary>
    Administer = 8,

    /// <summary>All of them.</summary>
    All = Propose | Approve | Revert | Administer,
}
