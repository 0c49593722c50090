using Ibke.Runtime.Knowledge.Journals;

namespace Ibke.Runtime.Tests.Knowledge.Journals;

/// <summary>What every database must give a journal.</summary>
public sealed class EditJournalTests
{
    private static readonly DateTimeOffset _time = new(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(2));

    public static TheoryData<string> Stores => JournalStores.Names;

    public static TheoryData<string, string> Tampering
    {
        get
        {
            string[] changes =
            [
                "UPDATE entries SET content = '{\"by\":1}' WHERE sequence = 3", "UPDATE entries SET time = time + 1 WHERE sequence = 3",
                "UPDATE entries SET kind = 'Reverted' WHERE sequence = 3", "UPDATE entries SET kind = 'Else' WHERE sequence = 3",
                "UPDATE entries SET edit = 'e9' WHERE sequence = 3", "UPDATE entries SET hash = 'a' || substr(hash, 2) || '0' WHERE sequence = 3",
                "UPDATE entries SET time = -1 WHERE sequence = 3", "DELETE FROM entries WHERE sequence = 3",
            ];
            TheoryData<string, string> data = [];
            foreach (string store in JournalStores.All)
            {
                Array.ForEach(changes, change => data.Add(store, change));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task ReadAsync_AfterReopening_GivesWhatWasAppended(string store)
    {
        await using JournalStore place = JournalStores.Create(store);
        string hostile = """{"text":"'; DROP TABLE entries; -- \u0000 \" ' @hash $1 % _ \\ ü 🙂"}""";
        JournalHead head;
        await using (EditJournal journal = await place.OpenAsync())
        {
            Assert.Equal(JournalHead.Empty, await journal.HeadAsync());
            IReadOnlyList<JournalEntry> two = await journal.AppendAsync(JournalHead.Empty, [Draft("e1"), Draft("e'2; --", hostile)]);
            head = new JournalHead(2, two[1].Hash);
            await journal.AppendAsync(head, [Draft("e3")]);
        }

        await using EditJournal again = await place.OpenAsync();
        List<JournalEntry> entries = await Read(again);

        Assert.Equal([1, 2, 3], entries.Select(entry => entry.Sequence));
        Assert.Equal(["e1", "e'2; --", "e3"], entries.Select(entry => entry.EditId));
        Assert.Equal(hostile, entries[1].Content);
        Assert.All(entries, entry => Assert.Equal((_time, TimeSpan.Zero), (entry.Time, entry.Time.Offset)));
        Assert.Equal(entries[2..], await Read(again, head));
        Assert.Equal(new JournalHead(3, entries[2].Hash), await again.HeadAsync());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task AppendAsync_NotAfterTheLastEntry_ConflictsAndWritesNothing(string store)
    {
        await using JournalStore place = JournalStores.Create(store);
        await using EditJournal journal = await place.OpenAsync(), other = await place.OpenAsync();
        await other.AppendAsync(JournalHead.Empty, [Draft("e1")]);

        await Assert.ThrowsAsync<JournalConflictException>(() => journal.AppendAsync(JournalHead.Empty, [Draft("mine"), Draft("mine")]));

        Assert.Equal(["e1"], (await Read(journal)).Select(entry => entry.EditId));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task AppendAsync_ManyWritersAtOnce_LosesNothing(string store)
    {
        await using JournalStore place = JournalStores.Create(store);
        await using EditJournal first = await place.OpenAsync(), second = await place.OpenAsync();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(async () =>
        {
            EditJournal journal = writer % 2 == 0 ? first : second;
            for (int i = 0; i < 5;)
            {
                try
                {
                    await journal.AppendAsync(await journal.HeadAsync(), [Draft($"{writer}-{i}")]);
                    i++;
                }
                catch (JournalConflictException)
                {
                    await Task.Delay(Random.Shared.Next(1, 20));
                }
            }
        })));

        Assert.Equal(30, (await Read(first)).Select(entry => entry.EditId).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Tampering))]
    public async Task ReadAsync_EntryTamperedWith_IsFoundAndNamed(string store, string change)
    {
        await using JournalStore place = JournalStores.Create(store);
        await using (EditJournal journal = await place.OpenAsync())
        {
            await journal.AppendAsync(JournalHead.Empty, [.. Enumerable.Range(1, 5).Select(i => Draft($"e{i}"))]);
        }

        await place.ExecuteAsync(change);
        await using EditJournal again = await place.OpenAsync();
        JournalDamagedException error = await Assert.ThrowsAsync<JournalDamagedException>(() => Read(again));

        Assert.Equal(3, error.Sequence);
        Assert.Contains("entry 3", error.Message, StringComparison.Ordinal);
        Assert.Contains(again.Name, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task ReadUpdatesAsync_Damaged_IsNamed(string store)
    {
        await using JournalStore place = JournalStores.Create(store);
        await using EditJournal journal = await place.OpenAsync();
        JournalUpdate whole = JournalUpdate.Of([1, 2, 3]), damaged = JournalUpdate.Of([4, 5, 6]);
        await journal.AppendAsync(JournalHead.Empty, [Draft("e1", update: whole), Draft("e2", update: damaged), Draft("e3", update: whole)]);

        await place.ExecuteAsync($"UPDATE updates SET bytes = (SELECT bytes FROM updates WHERE hash = '{whole.Hash}') WHERE hash = '{damaged.Hash}'");

        Assert.Equal([1, 2, 3], (await journal.ReadUpdatesAsync([whole.Hash]))[whole.Hash]);
        JournalException error = await Assert.ThrowsAsync<JournalException>(() => journal.ReadUpdatesAsync([whole.Hash, damaged.Hash]));
        Assert.Contains(damaged.Hash, error.Message, StringComparison.Ordinal);
        Assert.Contains("is missing", (await Assert.ThrowsAsync<JournalException>(() => journal.ReadUpdatesAsync(["none"]))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task CompactAsync_UpdatesNotNeeded_AreDroppedAndEveryEntryStays(string store)
    {
        await using JournalStore place = JournalStores.Create(store);
        await using EditJournal journal = await place.OpenAsync();
        Assert.Equal(0, await journal.CompactAsync(new JournalSnapshot(JournalHead.Empty, "{}"), new HashSet<string>()));
        JournalUpdate kept = JournalUpdate.Of([1]), old = JournalUpdate.Of([2]);
        await journal.AppendAsync(JournalHead.Empty, [Draft("e1", update: kept), Draft("e2", update: old)]);
        List<JournalEntry> before = await Read(journal);
        JournalSnapshot snapshot = new(await journal.HeadAsync(), "{}");

        Assert.Null(await journal.ReadSnapshotAsync());
        Assert.Equal(1, await journal.CompactAsync(snapshot, new HashSet<string> { kept.Hash }));

        Assert.Equal(snapshot, await journal.ReadSnapshotAsync());
        Assert.Equal(before, await Read(journal));
        Assert.Single(await journal.ReadUpdatesAsync([kept.Hash]));
        await Assert.ThrowsAsync<JournalException>(() => journal.ReadUpdatesAsync([old.Hash]));
        await journal.AppendAsync(snapshot.Head, [Draft("e3")]);
        await Assert.ThrowsAsync<JournalConflictException>(() => journal.CompactAsync(snapshot, new HashSet<string>()));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task ReadSnapshotAsync_TamperedWith_IsLeftAndACutJournalIsFound(string store)
    {
        await using JournalStore place = JournalStores.Create(store);
        await using EditJournal journal = await place.OpenAsync();
        await journal.AppendAsync(JournalHead.Empty, [Draft("e1"), Draft("e2")]);
        await journal.CompactAsync(new JournalSnapshot(await journal.HeadAsync(), """{"a":1}"""), new HashSet<string>());

        await place.ExecuteAsync("""UPDATE snapshots SET content = '{"a":2}'""");
        Assert.Null(await journal.ReadSnapshotAsync());

        await place.ExecuteAsync("DELETE FROM entries WHERE sequence = 2");
        Assert.Equal(2, (await Assert.ThrowsAsync<JournalDamagedException>(() => journal.ReadSnapshotAsync())).Sequence);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task OpenAsync_JournalOfAnotherModel_IsRefused(string store)
    {
        await using JournalStore place = JournalStores.Create(store);
        await (await place.OpenAsync()).DisposeAsync();

        JournalException error = await Assert.ThrowsAsync<JournalException>(() => place.OpenAsync(JournalStore.Identity with { ModelHash = "other" }));

        Assert.Contains("another model (model, not other)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task WaitAsync_AnotherWrites_IsToldSoon(string store)
    {
        await using JournalStore place = JournalStores.Create(store);
        await using EditJournal journal = await place.OpenAsync(), other = await place.OpenAsync();
        Task waiting = journal.WaitAsync(JournalHead.Empty, TimeSpan.FromMinutes(1), CancellationToken.None);
        await Task.Delay(50);
        Assert.False(waiting.IsCompleted);

        await other.AppendAsync(JournalHead.Empty, [Draft("e1")]);

        await waiting.WaitAsync(TimeSpan.FromSeconds(20));
        await journal.WaitAsync(JournalHead.Empty, TimeSpan.FromMinutes(1), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        await journal.WaitAsync(await journal.HeadAsync(), TimeSpan.FromMilliseconds(10), CancellationToken.None);
    }

    internal static JournalDraft Draft(string id, string content = "{}", JournalUpdate? update = null) =>
        new(_time, JournalEntryKind.Published, id, content, update);

    private static async Task<List<JournalEntry>> Read(EditJournal journal, JournalHead? after = null)
    {
        List<JournalEntry> entries = [];
        await foreach (JournalEntry entry in journal.ReadAsync(after ?? JournalHead.Empty))
        {
            entries.Add(entry);
        }

        return entries;
    }
}
