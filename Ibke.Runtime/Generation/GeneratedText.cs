namespace Ibke.Runtime.Generation;

/// <summary>A finished generation.</summary>
/// <param name="Text">The text, without end-of-sequence token and stop sequence.</param>
/// <param name="FinishReason">Why it ended.</param>
/// <param name="Usage">The tokens.</param>
public sealed record GeneratedText(string Text, FinishReason FinishReason, TokenUsage Usage);
