namespace Ibke.Runtime.Chat;

/// <summary>What happens to a conversation that does not fit into the model's context.</summary>
public enum ContextOverflow
{
    /// <summary>The request fails with <see cref="Generation.PromptTooLongException"/>, which names both numbers.</summary>
    Throw,

    /// <summary>
    /// The oldest turns are left out of the prompt, each with its function calls and results, until the rest fits and leaves room for a reply:
    /// as many tokens as were asked for, at most a quarter of the context. System text and everything from the last user message on always stay;
    /// if they alone do not fit, the request fails.
    /// </summary>
    DropOldestTurns,
}
