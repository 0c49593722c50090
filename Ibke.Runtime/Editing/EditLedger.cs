using System.Collections.Immutable;

namespace Ibke.Runtime.Editing;

/// <summary>An applied edit.</summary>
/// <param name="Id">Its name.</param>
/// <param name="FactKey">Equal for edits of the same fact.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Result">How it was judged.</param>
/// <param name="AppliedAt">When it was applied.</param>
/// <param name="Edit">What it adds to the model.</param>
internal sealed record LedgerEntry(
    string Id, string FactKey, EditRequest Request, EditResult Result, DateTimeOffset AppliedAt, ComputedEdit Edit);

/// <summary>The applied edits in their order. Of several edits of one fact the newest is in force. Immutable.</summary>
/// <param name="Entries">The edits that were not reverted.</param>
/// <param name="Numbered">The number of ids given out so far; none is given twice.</param>
internal sealed record EditLedger(ImmutableArray<LedgerEntry> Entries, int Numbered)
{
    /// <summary>No edits.</summary>
    public static EditLedger Empty { get; } = new([], 0);

    /// <summary>A ledger of edits that have their names already.</summary>
    public static EditLedger Of(IEnumerable<LedgerEntry> entries) => new([.. entries], 0);

    /// <summary>The id that the next edit gets.</summary>
    public string NextId => $"e{Numbered + 1}";

    /// <summary>The edits in force.</summary>
    public IEnumerable<LedgerEntry> InForce => Entries.Where(entry => ReferenceEquals(Newest(entry.FactKey), entry));

    /// <summary>The edit in force of a fact; null if there is none.</summary>
    public LedgerEntry? Newest(string factKey) => Entries.LastOrDefault(entry => entry.FactKey == factKey);

    /// <summary>The edit with an id; null if there is none.</summary>
    public LedgerEntry? Find(string id) => Entries.FirstOrDefault(entry => entry.Id == id);

    /// <summary>With one more edit, which is named <see cref="NextId"/>.</summary>
    public EditLedger Add(LedgerEntry entry) => new(Entries.Add(entry), Numbered + 1);

    /// <summary>Without an edit.</summary>
    public EditLedger Remove(LedgerEntry entry) => this with { Entries = Entries.Remove(entry) };

    /// <summary>For users.</summary>
    public IReadOnlyList<EditRecord> Records() =>
    [
        .. Entries.Select(entry => Newest(entry.FactKey) is { } newest && newest.Id != entry.Id
            ? new EditRecord(entry.Id, entry.Request, entry.Result, entry.AppliedAt, newest.Id)
            : new EditRecord(entry.Id, entry.Request, entry.Result, entry.AppliedAt, null)),
    ];
}
