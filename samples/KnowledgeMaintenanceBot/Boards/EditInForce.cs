namespace Ibke.Samples.KnowledgeMaintenanceBot.Boards;

/// <summary>An edit in force.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Question">What it is about.</param>
/// <param name="Answer">What the model says since.</param>
/// <param name="ApprovedBy">Who approved it; empty where nobody had to.</param>
internal sealed record EditInForce(string Id, string Question, string Answer, IReadOnlyList<string> ApprovedBy);
