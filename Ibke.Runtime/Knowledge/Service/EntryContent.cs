using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Policies;

namespace Ibke.Runtime.Knowledge.Service;

/// <summary>What an entry of the journal says; each kind of entry has some of it.</summary>
public sealed record EntryContent
{
    internal static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Who did it.</summary>
    public required EntryCaller By { get; init; }

    /// <summary>The edit.</summary>
    public EditRequest? Request { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>The rule or check that decided.</summary>
    public string? Rule { get; init; }

    /// <summary>How many others must approve.</summary>
    public int? Approvers { get; init; }

    /// <summary>Who approved.</summary>
    public IReadOnlyList<string>? ApprovedBy { get; init; }

    /// <summary>How the edit was judged.</summary>
    public EditResult? Result { get; init; }

    /// <summary>The hash of the update.</summary>
    public string? Update { get; init; }

    /// <summary>When the fact ceases to hold.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Until when the edit is looked at again and again.</summary>
    public DateTimeOffset? ProbationUntil { get; init; }

    /// <summary>As JSON.</summary>
    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static EntryContent Read(string content) => JsonSerializer.Deserialize<EntryContent>(content, Json)
        ?? throw new JsonException("The content of an entry is null.");
}

/// <summary>Who did something, as the journal keeps it.</summary>
/// <param name="Kind">What sort of caller.</param>
/// <param name="Name">Its name.</param>
public sealed record EntryCaller(CallerKind Kind, string Name)
{
    /// <summary>The service itself, by its rules.</summary>
    public static EntryCaller Upkeep { get; } = new(CallerKind.Service, "upkeep");

    /// <summary>Of a caller.</summary>
    public static EntryCaller Of(Caller caller) => new(caller.Kind, caller.Name);
}
