namespace Ibke.Runtime.Generation;

/// <summary>How probable a token was to the model.</summary>
/// <param name="TokenId">The token.</param>
/// <param name="Text">Its text; of a part of a character U+FFFD. Empty for a model without a tokenizer.</param>
/// <param name="LogProbability">
/// The natural logarithm of its probability by the model's own distribution: before constraints, biases, penalties, temperature and filters.
/// </param>
/// <param name="Bytes">The bytes of UTF-8 that the text stands for.</param>
/// <param name="Top">The most probable tokens at this place, in descending order; none for these themselves.</param>
public sealed record TokenLogProbability(
    int TokenId, string Text, float LogProbability, IReadOnlyList<byte> Bytes, IReadOnlyList<TokenLogProbability> Top);
