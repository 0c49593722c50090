using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Runtime.Knowledge.Policies;

/// <summary>What a source says of a fact.</summary>
/// <param name="Class">The source's class.</param>
/// <param name="Fact">Its answer.</param>
public sealed record Evidence(string Class, SourcedFact Fact);
