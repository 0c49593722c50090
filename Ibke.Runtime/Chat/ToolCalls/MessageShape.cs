namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>What a template wants messages with calls to look like, beyond what all templates have in common.</summary>
/// <param name="NullContent">A message with calls has no text; text comes as a message of its own.</param>
/// <param name="ArgumentsAsText">Arguments are given as the text of their JSON.</param>
/// <param name="ShortIds">Ids of calls have nine letters and digits.</param>
/// <param name="SingleCalls">A message has one call at most.</param>
/// <param name="CallsInText">The template drops calls, so they stand in the text, as the model writes them.</param>
internal sealed record MessageShape(
    bool NullContent = false, bool ArgumentsAsText = false, bool ShortIds = false, bool SingleCalls = false, bool CallsInText = false);
