using Ibke.Runtime.Tensors;

namespace Ibke.Cli.Measurements;

/// <summary>Everything one run of <c>ibke bench --quantized</c> measured.</summary>
/// <param name="Machine">Where it ran.</param>
/// <param name="Engine">What computed.</param>
/// <param name="Threads">Threads that computed.</param>
/// <param name="Quick">Whether fewer repeats were made.</param>
/// <param name="Models">The models compared.</param>
internal sealed record QuantizedBenchReport(Machine Machine, string Engine, int Threads, bool Quick, IReadOnlyList<QuantizedModel> Models);

/// <summary>One model under several kinds of weights.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Speeds">One for each kind, 8-bit weights last.</param>
/// <param name="Loss">What the 8-bit weights lose.</param>
/// <param name="Edits">Edits under both; null for a model without an editor.</param>
internal sealed record QuantizedModel(string Model, IReadOnlyList<WeightSpeed> Speeds, QuantizationLoss Loss, EditSuccess? Edits);

/// <summary>Speed with one kind of weights.</summary>
/// <param name="Weights">How most of them are held.</param>
/// <param name="Bytes">All of them; each token reads them once.</param>
/// <param name="PromptTokens">Tokens of the prompts.</param>
/// <param name="PrefillTokensPerSecond">Prompt tokens a second, median.</param>
/// <param name="DecodeTokensPerSecond">Tokens of the reply a second, median.</param>
internal sealed record WeightSpeed(
    ElementType Weights, long Bytes, int PromptTokens, double PrefillTokensPerSecond, double DecodeTokensPerSecond);

/// <summary>How many of the same edits pass the judge.</summary>
/// <param name="Edits">Edits tried, each reverted before the next.</param>
/// <param name="Stored">Applied on the stored weights.</param>
/// <param name="Quantized">Applied on 8-bit weights.</param>
internal sealed record EditSuccess(int Edits, int Stored, int Quantized);
