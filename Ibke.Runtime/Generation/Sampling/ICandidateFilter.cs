namespace Ibke.Runtime.Generation.Sampling;

/// <summary>Drops tokens that shall not be drawn. At least one always stays.</summary>
internal interface ICandidateFilter
{
    /// <summary>Drops tokens.</summary>
    void Apply(Candidates candidates);
}
