using System.Collections.Immutable;
using System.Text.Json;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;

namespace Ibke.Runtime.Knowledge.Service;

/// <summary>What the entries of a journal come to. Immutable; the same entries give the same state everywhere.</summary>
/// <param name="Head">The last entry that it contains.</param>
/// <param name="Edits">The edits that were published and not taken back, oldest first.</param>
/// <param name="Pending">The proposals that wait, oldest first.</param>
/// <param name="Suspended">Whether all edits are out of force.</param>
/// <param name="Attempts">Who proposed when, over the last hour, oldest first; for rate limits.</param>
public sealed record KnowledgeState(
    JournalHead Head, ImmutableList<KnownEdit> Edits, ImmutableList<PendingProposal> Pending, bool Suspended, ImmutableList<ProposalAttempt> Attempts)
{
    private const int MostAttempts = 10_000;

    private static readonly JsonSerializerOptions _json = EntryContent.Json;

    /// <summary>Of a journal without entries.</summary>
    public static KnowledgeState Empty { get; } = new(JournalHead.Empty, [], [], false, []);

    /// <summary>The edit with an id; null if there is none.</summary>
    public KnownEdit? Edit(string id) => Edits.Find(edit => edit.Id == id);

    /// <summary>The proposal with an id; null if there is none.</summary>
    public PendingProposal? Proposal(string id) => Pending.Find(proposal => proposal.Id == id);

    /// <summary>With one entry more.</summary>
    /// <exception cref="JsonException">Its content cannot be read.</exception>
    public KnowledgeState After(JournalEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        EntryContent content = EntryContent.Read(entry.Content);
        KnowledgeState next = this with { Head = new JournalHead(entry.Sequence, entry.Hash), Attempts = Remembered(entry, content) };
        return entry.Kind switch
        {
            JournalEntryKind.Proposed => next with { Pending = Pending.Add(Proposed(entry, content)) },
            JournalEntryKind.Approved => next with { Pending = Replace(Pending, entry.EditId, proposal => proposal with { ApprovedBy = [.. proposal.ApprovedBy, content.By.Name] }) },
            JournalEntryKind.Declined or JournalEntryKind.Rejected => next with { Pending = Pending.RemoveAll(proposal => proposal.Id == entry.EditId) },
            JournalEntryKind.Published => next with
            {
                Pending = Pending.RemoveAll(proposal => proposal.Id == entry.EditId), Edits = Edits.Add(Published(entry, content)),
            },
            JournalEntryKind.Renewed => next with
            {
                Edits = Replace(Edits, entry.EditId, edit => edit with { ValidUntil = content.ValidUntil, ProbationUntil = content.ProbationUntil }),
            },
            JournalEntryKind.Reverted => next with { Edits = Edits.RemoveAll(edit => edit.Id == entry.EditId) },
            JournalEntryKind.Suspended => next with { Suspended = true },
            JournalEntryKind.Resumed => next with { Suspended = false },
            _ => next,
        };
    }

    /// <summary>As a snapshot.</summary>
    internal JournalSnapshot ToSnapshot() => new(Head, JsonSerializer.Serialize(this, _json));

    /// <summary>From a snapshot.</summary>
    /// <exception cref="JsonException">It cannot be read.</exception>
    internal static KnowledgeState Of(JournalSnapshot snapshot) => JsonSerializer.Deserialize<KnowledgeState>(snapshot.Content, _json)
        ?? throw new JsonException("The snapshot is null.");

    // An edit that had to be approved was an attempt when it was proposed.
    private ImmutableList<ProposalAttempt> Remembered(JournalEntry entry, EntryContent content)
    {
        bool attempt = entry.Kind is JournalEntryKind.Proposed or JournalEntryKind.Refused
            || entry.Kind is JournalEntryKind.Published or JournalEntryKind.Rejected && Proposal(entry.EditId) is null;
        if (!attempt)
        {
            return Attempts;
        }

        ImmutableList<ProposalAttempt> attempts = Attempts.Add(new ProposalAttempt(entry.Time, content.By.Name));
        int old = attempts.TakeWhile((tried, i) => tried.Time <= entry.Time - RateLimit.LongestPeriod || attempts.Count - i > MostAttempts).Count();
        return old == 0 ? attempts : attempts.RemoveRange(0, old);
    }

    private static PendingProposal Proposed(JournalEntry entry, EntryContent content) => new(
        entry.EditId, content.Request ?? throw Lacks("request"), entry.Time, content.By, content.Reason, content.Rule ?? "", content.Approvers ?? 1, [], content.ValidUntil);

    private static KnownEdit Published(JournalEntry entry, EntryContent content) => new(
        entry.EditId,
        content.Request ?? throw Lacks("request"),
        content.Result ?? throw Lacks("result"),
        entry.Time,
        content.By,
        content.ApprovedBy ?? [],
        content.Update ?? throw Lacks("update"),
        content.ValidUntil,
        content.ProbationUntil);

    private static JsonException Lacks(string part) => new($"The entry has no '{part}'.");

    private static ImmutableList<PendingProposal> Replace(ImmutableList<PendingProposal> list, string id, Func<PendingProposal, PendingProposal> change)
    {
        int at = list.FindIndex(proposal => proposal.Id == id);
        return at < 0 ? list : list.SetItem(at, change(list[at]));
    }

    private static ImmutableList<KnownEdit> Replace(ImmutableList<KnownEdit> list, string id, Func<KnownEdit, KnownEdit> change)
    {
        int at = list.FindIndex(edit => edit.Id == id);
        return at < 0 ? list : list.SetItem(at, change(list[at]));
    }
}

/// <summary>That somebody proposed something.</summary>
/// <param name="Time">When.</param>
/// <param name="Caller">Who.</param>
public sealed record ProposalAttempt(DateTimeOffset Time, string Caller);
