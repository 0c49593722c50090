namespace Ibke.Samples.ChatBackend.Auditing;

/// <summary>The tokens that a call took.</summary>
internal sealed class CallTokens
{
    private static readonly object _key = new();

    /// <summary>Of prompts.</summary>
    public long Prompt { get; private set; }

    /// <summary>Of replies.</summary>
    public long Reply { get; private set; }

    /// <summary>Those of a request.</summary>
    public static CallTokens Of(HttpContext context)
    {
        if (context.Items[_key] is not CallTokens tokens)
        {
            context.Items[_key] = tokens = new CallTokens();
        }

        return tokens;
    }

    /// <summary>Counts a reply.</summary>
    public void Add(long prompt, long reply) => (Prompt, Reply) = (Prompt + prompt, Reply + reply);
}
