namespace Ibke.Samples.KnowledgeMaintenanceBot.Boards;

/// <summary>How far the bot is with a fact of which the model says something else than the sources.</summary>
internal enum FactStatus
{
    /// <summary>The model says otherwise.</summary>
    Found,

    /// <summary>An edit is proposed and being made.</summary>
    Proposed,

    /// <summary>The proposal waits for approval.</summary>
    Waiting,

    /// <summary>The edit is in force; it is not asked again yet.</summary>
    Applied,

    /// <summary>The model says what the sources say.</summary>
    Verified,

    /// <summary>The edit was in force, but the model did not say so when it was asked again.</summary>
    Lost,

    /// <summary>Too many proposals in a short time; it is proposed again later.</summary>
    Deferred,

    /// <summary>Policy does not allow the edit.</summary>
    Refused,

    /// <summary>The edit was judged unfit.</summary>
    Rejected,

    /// <summary>Somebody turned the proposal down.</summary>
    Declined,

    /// <summary>The sources disagree.</summary>
    Conflict,

    /// <summary>The model cannot be asked.</summary>
    Failed,
}
