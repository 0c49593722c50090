namespace Ibke.Runtime.Knowledge.Journals;

/// <summary>What an entry of the journal says has happened.</summary>
public enum JournalEntryKind
{
    /// <summary>Somebody wants an edit that others have to approve first.</summary>
    Proposed,

    /// <summary>Somebody approved a proposal.</summary>
    Approved,

    /// <summary>A proposal was taken back or turned down by a person.</summary>
    Declined,

    /// <summary>Policy did not allow an edit.</summary>
    Refused,

    /// <summary>An edit was computed, and judged unfit.</summary>
    Rejected,

    /// <summary>An edit is in force.</summary>
    Published,

    /// <summary>An edit was looked at again, and stays for longer.</summary>
    Renewed,

    /// <summary>An edit is no longer in force, or behind the one that is.</summary>
    Reverted,

    /// <summary>All edits are out of force, but kept.</summary>
    Suspended,

    /// <summary>The edits are in force again.</summary>
    Resumed,
}
