namespace Ibke.Atlas.Wordings;

/// <summary>Who has seen a wording.</summary>
public enum WordingTier
{
    /// <summary>The model and its editor are trained on it.</summary>
    Trained,

    /// <summary>The model is trained on it, its editor is not.</summary>
    Held,

    /// <summary>Neither is.</summary>
    Unseen,
}
