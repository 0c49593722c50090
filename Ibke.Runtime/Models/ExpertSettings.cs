namespace Ibke.Runtime.Models;

/// <summary>A mixture of experts.</summary>
/// <param name="Count">Experts of a layer.</param>
/// <param name="PerToken">How many a token is sent to.</param>
/// <param name="IntermediateSize">Values inside an expert.</param>
/// <param name="Normalized">Whether the shares of the chosen experts are scaled to a sum of one.</param>
public sealed record ExpertSettings(int Count, int PerToken, int IntermediateSize, bool Normalized);
