namespace Ibke.Runtime.Editing;

/// <summary>What became of an edit request.</summary>
public enum EditStatus
{
    /// <summary>The edit is in force.</summary>
    Applied,

    /// <summary>The edit was computed and judged unfit; nothing changed.</summary>
    Rejected,

    /// <summary>The model already gave the wanted answer; nothing was computed.</summary>
    Unchanged,
}

/// <summary>The check that an edit did not pass.</summary>
public enum EditCheck
{
    /// <summary>The edit's own question is not answered as wanted.</summary>
    Reliability,

    /// <summary>Too few rephrasings are answered as wanted.</summary>
    Generality,

    /// <summary>An edit in force would no longer be answered as it wants.</summary>
    EarlierEdits,

    /// <summary>Too many unrelated questions are answered differently.</summary>
    Locality,

    /// <summary>A conversation that no edit may change would get another reply.</summary>
    Canaries,

    /// <summary>Ordinary text is predicted too differently.</summary>
    Drift,

    /// <summary>With all edits together ordinary text is predicted too differently from the base model.</summary>
    TotalDrift,
}
