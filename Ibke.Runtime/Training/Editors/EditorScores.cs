namespace Ibke.Runtime.Training.Editors;

/// <summary>
/// How held-out edits hold while all of them are in force together. An answer is right if each of its tokens and of its end is the likeliest one after
/// those before it: what free greedy generation gives.
/// </summary>
/// <param name="Edits">The number of edits in force.</param>
/// <param name="Reliability">The share of edits whose own prompt is answered as wanted, 0 … 1.</param>
/// <param name="Generality">The share of other wordings, statements and conversations answered as wanted; null where the cases have none.</param>
/// <param name="Locality">The share of unrelated prompts answered as by the unedited model; null where the cases have none.</param>
public sealed record EditorScores(int Edits, double Reliability, double? Generality, double? Locality);
