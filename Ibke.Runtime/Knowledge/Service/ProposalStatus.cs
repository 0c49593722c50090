namespace Ibke.Runtime.Knowledge.Service;

/// <summary>What became of a proposal.</summary>
public enum ProposalStatus
{
    /// <summary>The edit is in force, and recorded.</summary>
    Applied,

    /// <summary>It waits for approval.</summary>
    Waiting,

    /// <summary>The model gives the wanted answer already; nothing was done.</summary>
    Unchanged,

    /// <summary>Policy does not allow it.</summary>
    Refused,

    /// <summary>It was computed and judged unfit.</summary>
    Rejected,

    /// <summary>No proposal has that id, or it was decided already.</summary>
    NotFound,

    /// <summary>Somebody turned it down.</summary>
    Declined,
}
