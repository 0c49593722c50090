namespace Ibke.Runtime.Generation;

/// <summary>Why a generation ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended its turn, or a stop sequence came.</summary>
    Stop,

    /// <summary>The limit of new tokens or the end of the context was reached.</summary>
    Length,
}

/// <summary>One generated token.</summary>
/// <param name="TokenId">The token.</param>
/// <param name="Text">
/// Text that is certain now: whole characters that cannot be part of a stop sequence any more. May be empty, and may belong to earlier tokens.
/// Always empty for a model without a tokenizer.
/// </param>
/// <param name="FinishReason">Set on the last step.</param>
/// <param name="Usage">The counts up to this token.</param>
/// <param name="LogProbability">How probable the token was, where <see cref="GenerationOptions.LogProbabilities"/> ask for it; otherwise null.</param>
public readonly record struct GenerationStep(
    int TokenId, string Text, FinishReason? FinishReason, TokenUsage Usage, TokenLogProbability? LogProbability = null);

/// <summary>The tokens of a generation.</summary>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CachedTokens">Those of the prompt that an earlier generation had computed already.</param>
/// <param name="GeneratedTokens">Tokens generated so far, an end-of-sequence token included.</param>
public readonly record struct TokenUsage(int PromptTokens, int CachedTokens, int GeneratedTokens);
