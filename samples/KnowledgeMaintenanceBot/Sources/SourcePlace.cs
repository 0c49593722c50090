namespace Ibke.Samples.KnowledgeMaintenanceBot.Sources;

/// <summary>Where facts are.</summary>
/// <param name="Place">A .csv or .json file, an http address, or with a query a connection string.</param>
/// <param name="Query">Gives the columns question, answer and as_of; null for files and addresses.</param>
/// <param name="Class">What sort of source it is, for rules of the policy; null for the usual name of its kind.</param>
internal sealed record SourcePlace(string Place, string? Query = null, string? Class = null);
