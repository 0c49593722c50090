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
internal sealed class EditLedger
{
    private readonly Dictionary<string, LedgerEntry> _newest = new(StringComparer.Ordinal);
    private readonly int _numbered;

    // No id is given twice: so many were given out so far.
    private EditLedger(ImmutableArray<LedgerEntry> entries, int numbered)
    {
        (Entries, _numbered) = (entries, numbered);
        foreach (LedgerEntry entry in entries)
        {
            _newest[entry.FactKey] = entry;
        }
    }

    /// <summary>No edits.</summary>
    public static EditLedger Empty { get; } = new([], 0);

    /// <summary>The edits that were not reverted.</summary>
    public ImmutableArray<LedgerEntry> Entries { get; }

    /// <summary>The id that the next edit gets.</summary>
    public string NextId => $"e{_numbered + 1}";

    /// <summary>The edits in force.</summary>
    public IEnumerable<LedgerEntry> InForce => Entries.Where(IsInForce);

    /// <summary>A ledger of edits that have their names already.</summary>
    public static EditLedger Of(IEnumerable<LedgerEntry> entries) => new([.. entries], 0);

    /// <summary>The edit in force of a fact; null if there is none.</summary>
    public LedgerEntry? Newest(string factKey) => _newest.GetValueOrDefault(factKey);

    /// <summary>The edit with an id; null if there is none.</summary>
    public LedgerEntry? Find(string id) => Entries.FirstOrDefault(entry => entry.Id == id);

    /// <summary>With one more edit, which is named <see cref="NextId"/>.</summary>
    public EditLedger Add(LedgerEntry entry) => new(Entries.Add(entry), _numbered + 1);

    /// <summary>Without an edit.</summary>
    public EditLedger Remove(LedgerEntry entry) => new(Entries.Remove(entry), _numbered);

    /// <summary>For users.</summary>
    public IReadOnlyList<EditRecord> Records() =>
    [
        .. Entries.Select(entry => new EditRecord(entry.Id, entry.Request, entry.Result, entry.AppliedAt, IsInForce(entry) ? null : _newest[entry.FactKey].Id)),
    ];

    private bool IsInForce(LedgerEntry entry) => ReferenceEquals(_newest[entry.FactKey], entry);
}
