using Ibke.Runtime.Knowledge.Journals;
using Microsoft.Data.Sqlite;

namespace Ibke.Runtime.Tests.Knowledge.Journals;

public sealed class SqliteJournalTests
{
    [Fact]
    public async Task OpenAsync_NoSuchFolder_SaysWhichFile()
    {
        using TemporaryFolder folder = new();

        JournalException error = await Assert.ThrowsAsync<JournalException>(() => SqliteJournal.OpenAsync(folder["none/journal.db"], JournalStore.Identity));

        Assert.Contains(folder["none/journal.db"], error.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be opened", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_AnotherFile_IsRefusedAndLeftAlone()
    {
        using TemporaryFolder folder = new();
        string text = string.Concat(Enumerable.Repeat("This is no database. ", 300));
        File.WriteAllText(folder["journal.db"], text);

        JournalException error = await Assert.ThrowsAsync<JournalException>(() => SqliteJournal.OpenAsync(folder["journal.db"], JournalStore.Identity));

        Assert.Contains("no SQLite file", error.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(folder["journal.db"]));
    }

    [Fact]
    public async Task AppendAsync_FileLockedByAnother_SaysSoAndWorksAfterwards()
    {
        await using SqliteStore place = new();
        await using EditJournal journal = await place.OpenAsync();
        await using (SqliteConnection other = new($"Data Source={place.File};Pooling=False"))
        {
            await other.OpenAsync();
            await using SqliteTransaction held = other.BeginTransaction(deferred: false);
            JournalException error = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(JournalHead.Empty, [EditJournalTests.Draft("e1")]));
            Assert.Contains("locked by another process", error.Message, StringComparison.Ordinal);
        }

        Assert.Single(await journal.AppendAsync(JournalHead.Empty, [EditJournalTests.Draft("e1")]));
    }

    [Fact]
    public async Task ReadAsync_LastPageTorn_IsAJournalException()
    {
        await using SqliteStore place = new();
        await using (EditJournal journal = await place.OpenAsync())
        {
            await journal.AppendAsync(JournalHead.Empty, [.. Enumerable.Range(1, 200).Select(i => EditJournalTests.Draft($"e{i}", new string('x', 400)))]);
        }

        using (FileStream file = File.OpenWrite(place.File))
        {
            file.SetLength(file.Length - 2500);
        }

        JournalException error = await Assert.ThrowsAnyAsync<JournalException>(async () =>
        {
            await using EditJournal journal = await place.OpenAsync();
            await foreach (JournalEntry _ in journal.ReadAsync(JournalHead.Empty))
            {
            }
        });
        Assert.Contains(place.File, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AppendAsync_Disposed_Throws()
    {
        await using SqliteStore place = new();
        EditJournal journal = await place.OpenAsync();
        await journal.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => journal.HeadAsync());
    }
}
