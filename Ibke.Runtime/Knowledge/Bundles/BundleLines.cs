using System.Text.Json.Serialization;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Service;

namespace Ibke.Runtime.Knowledge.Bundles;

/// <summary>The first line of a bundle: what it is for.</summary>
/// <param name="Format">The version of the format.</param>
/// <param name="Model">SHA-256 of the base model's weights.</param>
/// <param name="Editor">SHA-256 of the editor's tensors.</param>
/// <param name="Method">How updates are computed.</param>
/// <param name="Edits">The number of edits that follow.</param>
/// <param name="Journal">The hash of the last entry of the journal that it was made from.</param>
/// <param name="By">Who made it.</param>
internal sealed record BundleHeader(string Format, string Model, string Editor, string Method, int Edits, string Journal, EntryCaller By)
{
    /// <summary>The version that is written.</summary>
    public const string Current = "ibke-bundle-1";
}

/// <summary>A line with an edit.</summary>
public sealed record BundledEdit
{
    /// <summary>Its name where it comes from.</summary>
    public required string Id { get; init; }

    /// <summary>What it changes.</summary>
    public required EditRequest Request { get; init; }

    /// <summary>Who proposed it there.</summary>
    public required EntryCaller By { get; init; }

    /// <summary>Who approved it there.</summary>
    public required IReadOnlyList<string> ApprovedBy { get; init; }

    /// <summary>When it was published there.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>When the fact ceases to hold; null: never.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>The hash of the update.</summary>
    public required string Update { get; init; }

    /// <summary>The update.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>SHA-256 over the line before, its hash included, and this one without it, in hexadecimal.</summary>
    [JsonPropertyOrder(1)]
    public string Hash { get; init; } = "";
}
