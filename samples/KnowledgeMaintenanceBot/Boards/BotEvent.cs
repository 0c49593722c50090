namespace Ibke.Samples.KnowledgeMaintenanceBot.Boards;

/// <summary>Something that happened.</summary>
/// <param name="Time">When.</param>
/// <param name="Topic">What it is about, in one word.</param>
/// <param name="Text">What, in one line.</param>
/// <param name="IsProblem">Whether somebody should look at it.</param>
internal sealed record BotEvent(DateTimeOffset Time, string Topic, string Text, bool IsProblem);
