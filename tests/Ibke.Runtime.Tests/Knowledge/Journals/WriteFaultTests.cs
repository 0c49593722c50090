using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Knowledge.Journals;

/// <summary>A file that cannot be written: no room, no right.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class WriteFaultTests
{
    private const int Nobody = 65534;

    [Fact]
    public async Task Follow_NoRoomForTheFile_FailsWithoutLossAndServesWhatItHas()
    {
        using TemporaryFolder folder = new();
        string journal = folder["edits.db"];
        string host = Path.Combine(AppContext.BaseDirectory, "Ibke.CrashHost.dll");

        // No file may grow over 100 KiB: soon an update finds no room.
        ProcessStartInfo start = new("bash", ["-c", """trap '' XFSZ; ulimit -f 100; exec "$0" "$@" """, "dotnet", host, "follow", Atlas.Folder, journal])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };

        // Its double mapping of code is a large file, which the limit would forbid.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string[] open = await ReadAsync(process);
        Assert.True(open.Length > 1, open.Length > 1 ? "" : await errors.WaitAsync(TimeSpan.FromSeconds(30)));
        List<string[]> told = [];
        for (int i = 0; i < 12; i++)
        {
            await process.StandardInput.WriteLineAsync($"Where was Leona Zeller born?|{(i % 2 == 0 ? "Belford" : "Garica")}");
            told.Add(await ReadAsync(process));
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync();
        int made = told.Count(said => said[0] == "done:Applied");
        string[][] states = [open, .. told];
        Assert.Contains(told, said => said[0] == "done:Failed");
        Assert.All(told.Index().Where(pair => pair.Item[0] == "done:Failed"), pair => Assert.Equal(states[pair.Index][1..], pair.Item[1..]));
        await using EditJournal after = await SqliteJournal.OpenAsync(journal, null);
        List<JournalEntry> entries = [];
        await foreach (JournalEntry entry in after.ReadAsync(JournalHead.Empty))
        {
            entries.Add(entry);
        }

        Assert.True(made > 0);
        Assert.Equal((made, told[^1][2]), (entries.Count(entry => entry.Kind == JournalEntryKind.Published), entries[^1].Hash));
    }

    [Fact]
    public async Task AppendAsync_FileIsReadOnly_SaysSoAndLeavesIt()
    {
        using TemporaryFolder folder = new();
        string path = folder["journal.db"];
        await using (EditJournal journal = await SqliteJournal.OpenAsync(path, JournalStore.Identity))
        {
            await journal.AppendAsync(JournalHead.Empty, [EditJournalTests.Draft("e1")]);
        }

        byte[] before = File.ReadAllBytes(path);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

        JournalException error = Assert.ThrowsAny<JournalException>(() => AsNobody(() =>
        {
            EditJournal journal = SqliteJournal.OpenAsync(path, JournalStore.Identity).GetAwaiter().GetResult();
            try
            {
                journal.AppendAsync(JournalHead.Empty, [EditJournalTests.Draft("e2")]).GetAwaiter().GetResult();
            }
            finally
            {
                journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    // For files the thread has the rights of a stranger, also where the tests run as root.
    private static void AsNobody(Action action)
    {
        Exception? error = null;
        Thread thread = new(() =>
        {
            _ = SetFileUser(Nobody);
            try
            {
                action();
            }
            catch (Exception e)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        if (error is not null)
        {
            throw error;
        }
    }

    private static async Task<string[]> ReadAsync(Process process)
    {
        // What changed is told of as well, but only the answer ends a request.
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
        {
            if (!line.StartsWith("changed", StringComparison.Ordinal))
            {
                return line.Split(' ');
            }
        }

        return [string.Create(CultureInfo.InvariantCulture, $"ended:{process.Id}")];
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileUser(int user);
}
