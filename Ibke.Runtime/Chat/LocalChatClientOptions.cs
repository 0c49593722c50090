using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Chat;

/// <summary>How a <see cref="LocalChatClient"/> serves its model.</summary>
public sealed record LocalChatClientOptions
{
    /// <summary>What happens to a conversation that does not fit into the context. Default: the request fails.</summary>
    public ContextOverflow ContextOverflow { get; init; } = ContextOverflow.Throw;

    /// <summary>
    /// The most tokens of a reply whose request does not say. Default null: as many as the context has room for, whatever
    /// <c>max_new_tokens</c> in the model's <c>generation_config.json</c> says. At least 1.
    /// </summary>
    public int? MaximumOutputTokens { get; init; }

    /// <summary>The memory that computed beginnings of conversations may take between requests. Default 256 MiB; 0 keeps none.</summary>
    public long PrefixCacheBytes { get; init; } = 256L << 20;

    /// <summary>
    /// How the model writes function calls. Default null: as its chat template shows, or else as its kind of model does; see
    /// <see cref="ToolCallFormats"/>.
    /// </summary>
    public ToolCallFormat? ToolCallFormat { get; init; }

    /// <summary>
    /// Makes the prompts. Default null: the model's own template. For a model without one, or with one that does not suit; see
    /// <see cref="ChatTemplate.Parse"/> and <see cref="ChatTemplate.Plain"/>.
    /// </summary>
    public ChatTemplate? Template { get; init; }

    /// <summary>Where the time of a response, and the date that a template may write, come from. Default: the system's clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(TimeProvider, nameof(TimeProvider));
        ArgumentOutOfRangeException.ThrowIfNegative(PrefixCacheBytes, nameof(PrefixCacheBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumOutputTokens ?? 1, 1, nameof(MaximumOutputTokens));
        if (!Enum.IsDefined(ContextOverflow))
        {
            throw new ArgumentOutOfRangeException(nameof(ContextOverflow), ContextOverflow, "There is no such way to treat an overflow.");
        }
    }
}
