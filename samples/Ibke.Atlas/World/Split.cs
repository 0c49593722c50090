namespace Ibke.Atlas.World;

/// <summary>What data is for. Phrases, invented names, prefixes and descriptions of tests occur nowhere in training.</summary>
public enum Split
{
    /// <summary>Data that models and editors are trained on.</summary>
    Training,

    /// <summary>Data that they are measured on.</summary>
    Test,
}
