namespace Ibke.Runtime.Knowledge.Sources;

/// <summary>An answer and where it comes from.</summary>
/// <param name="Answer">The present answer.</param>
/// <param name="Source">The name of the source.</param>
/// <param name="AsOf">The day the source says the answer held; null where it does not say.</param>
public sealed record SourcedFact(string Answer, string Source, DateOnly? AsOf);
