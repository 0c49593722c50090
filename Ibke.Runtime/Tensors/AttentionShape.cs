namespace Ibke.Runtime.Tensors;

/// <summary>The sizes and options of a causal attention.</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key and value heads; divides <paramref name="Heads"/>.</param>
/// <param name="HeadSize">Values a head has.</param>
/// <param name="Scale">Factor of the scores, usually 1/√(head size).</param>
/// <param name="Window">Position i sees j with i − Window &lt; j ≤ i; null sees all before.</param>
/// <param name="SoftCap">Scores become cap · tanh(score / cap) before masking; null leaves them.</param>
public sealed record AttentionShape(
    int Heads, int KeyValueHeads, int HeadSize, float Scale, int? Window = null, float? SoftCap = null);
