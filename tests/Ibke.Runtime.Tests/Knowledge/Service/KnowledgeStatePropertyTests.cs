using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;

namespace Ibke.Runtime.Tests.Knowledge.Service;

/// <summary>Whatever entries come in whatever order, also such as no service would write.</summary>
public sealed class KnowledgeStatePropertyTests
{
    [Fact]
    public void After_FromASnapshotAnywhere_IsAsFromTheBeginning() => Prop.ForAll<NonNull<byte[]>, byte>((plan, cut) =>
    {
        List<JournalEntry> entries = Entries(plan.Get);
        int at = cut % (entries.Count + 1);
        JournalSnapshot snapshot = entries.Take(at).Aggregate(KnowledgeState.Empty, (state, entry) => state.After(entry)).ToSnapshot();

        KnowledgeState resumed = entries.Skip(at).Aggregate(KnowledgeState.Of(snapshot), (state, entry) => state.After(entry));
        KnowledgeState whole = entries.Aggregate(KnowledgeState.Empty, (state, entry) => state.After(entry));

        return resumed.ToSnapshot() == whole.ToSnapshot();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void After_AnyEntries_HasWhatWasPublishedAndNotTakenBack() => Prop.ForAll<NonNull<byte[]>>(plan =>
    {
        List<JournalEntry> entries = Entries(plan.Get);
        KnowledgeState state = entries.Aggregate(KnowledgeState.Empty, (known, entry) => known.After(entry));

        HashSet<string> edits = [], waiting = [];
        bool suspended = false;
        foreach (JournalEntry entry in entries)
        {
            switch (entry.Kind)
            {
                case JournalEntryKind.Proposed:
                    waiting.Add(entry.EditId);
                    break;
                case JournalEntryKind.Declined or JournalEntryKind.Rejected:
                    waiting.Remove(entry.EditId);
                    break;
                case JournalEntryKind.Published:
                    waiting.Remove(entry.EditId);
                    edits.Add(entry.EditId);
                    break;
                case JournalEntryKind.Reverted:
                    edits.Remove(entry.EditId);
                    break;
                case JournalEntryKind.Suspended or JournalEntryKind.Resumed:
                    suspended = entry.Kind == JournalEntryKind.Suspended;
                    break;
            }
        }

        return edits.SetEquals(state.Edits.Select(edit => edit.Id)) && waiting.SetEquals(state.Pending.Select(proposal => proposal.Id))
            && state.Suspended == suspended && state.Head.Sequence == entries.Count;
    }).QuickCheckThrowOnFailure();

    // Each byte an entry: its kind, and which of the edits or proposals so far it is about.
    private static List<JournalEntry> Entries(byte[] plan)
    {
        JournalEntryKind[] kinds = Enum.GetValues<JournalEntryKind>();
        List<JournalEntry> entries = [];
        foreach (byte step in plan)
        {
            JournalEntryKind kind = kinds[step % kinds.Length];
            bool begins = kind is JournalEntryKind.Proposed or JournalEntryKind.Published;
            string id = begins ? $"e{entries.Count + 1}" : $"e{1 + (step / kinds.Length % (entries.Count + 1))}";
            EntryContent content = new()
            {
                By = EntryCaller.Of(Caller.Person($"p{step % 7}", KnowledgeRoles.All)),
                Request = new EditRequest { Prompt = $"Who is {id}?", Answer = "Somebody" },
                Result = new EditResult { Status = EditStatus.Applied, AnswerBefore = "Nobody", AnswerAfter = "Somebody", Id = id },
                Update = JournalEntry.Origin,
                Approvers = 2,
            };
            JournalDraft draft = new(DateTimeOffset.UnixEpoch.AddMinutes(entries.Count), kind, id, content.Write(), null);
            entries.Add(JournalEntry.Seal(entries.Count == 0 ? JournalEntry.Origin : entries[^1].Hash, entries.Count + 1, draft));
        }

        return entries;
    }
}
