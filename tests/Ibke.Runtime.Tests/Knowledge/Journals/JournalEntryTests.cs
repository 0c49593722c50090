using Ibke.Runtime.Knowledge.Journals;

namespace Ibke.Runtime.Tests.Knowledge.Journals;

public sealed class JournalEntryTests
{
    private static readonly JournalEntry _entry = JournalEntry.Seal(
        JournalEntry.Origin, 1, new JournalDraft(DateTimeOffset.UnixEpoch, JournalEntryKind.Published, "e1", "{}"));

    // The hash is part of what is kept for years: it must not change from version to version.
    [Fact]
    public void Seal_KnownEntry_HasTheSameHashForever() =>
        Assert.Equal("a257e1620af9d6613f66f78168579a3dc08aefd68056d72c75bf22f6216a284f", _entry.Hash);

    [Fact]
    public void Follows_AnyPartChanged_IsFalse()
    {
        Assert.True(_entry.Follows(JournalEntry.Origin));
        JournalEntry[] changed =
        [
            _entry with { Sequence = 2 }, _entry with { Time = _entry.Time.AddTicks(1) }, _entry with { Kind = JournalEntryKind.Reverted },
            _entry with { EditId = "e2" }, _entry with { Content = "{ }" }, _entry with { EditId = "e1{", Content = "}" }, _entry with { Hash = _entry.Hash.ToUpperInvariant() },
        ];
        Assert.All(changed, entry => Assert.False(entry.Follows(JournalEntry.Origin)));
        Assert.False(_entry.Follows(_entry.Hash));
    }
}
