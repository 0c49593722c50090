namespace Ibke.Runtime.Scoring;

/// <summary>What a question tells of an edit.</summary>
public enum Panel
{
    /// <summary>Whether the edit's own prompt is answered as wanted.</summary>
    Reliability,

    /// <summary>Whether it holds in other wordings and surroundings.</summary>
    Generality,

    /// <summary>Whether other questions are answered as before.</summary>
    Locality,

    /// <summary>Whether what follows from it is answered accordingly.</summary>
    Portability,
}
