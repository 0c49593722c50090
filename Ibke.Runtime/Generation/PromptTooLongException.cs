namespace Ibke.Runtime.Generation;

/// <summary>A prompt does not fit into the model's context together with at least one token of reply.</summary>
public sealed class PromptTooLongException : ArgumentException
{
    /// <summary>Records both numbers.</summary>
    public PromptTooLongException(int promptTokens, int contextLength)
        : base($"The prompt has {promptTokens} tokens, but the context holds {contextLength}, and the reply needs at least one. "
            + "Shorten the prompt or drop earlier turns.")
    {
        PromptTokens = promptTokens;
        ContextLength = contextLength;
    }

    /// <summary>The tokens of the prompt.</summary>
    public int PromptTokens { get; }

    /// <summary>The positions of the context.</summary>
    public int ContextLength { get; }
}
