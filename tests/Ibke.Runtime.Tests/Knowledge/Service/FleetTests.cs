using System.Diagnostics;
using System.Runtime.InteropServices;
using Ibke.Runtime.Tests.Knowledge.Journals;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Knowledge.Service;

/// <summary>Several processes on one journal: each serves the same edits, whatever happens to it in between.</summary>
public sealed partial class FleetTests
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Stores => JournalStores.Names;

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Nodes_ConnectionsDropAPausedNodeALateNode_AllConvergeToTheSameBits(string store)
    {
        await using JournalStore place = JournalStores.Create(store);
        string journal = place is SqliteStore file ? file.File : $"{JournalStores.Postgres}|{((PostgresStore)place).Schema}";
        await using Node first = new(journal), second = new(journal), third = new(journal);
        await Task.WhenAll(first.StartAsync(), second.StartAsync(), third.StartAsync());

        Said said = await first.AskAsync("Where was Leona Zeller born?|Belford");
        await AgreeAsync(said, first, second, third);

        // Each at once: nothing is lost, nobody decides on old grounds.
        await Task.WhenAll(first.AskAsync("Who is the mayor of Salana?|Anders Duarte"), second.AskAsync("Where is Jade Foods headquartered?|Tamfield"));
        said = await third.AskAsync("Who is the CEO of Clear Energy?|Zora Palmer");
        Assert.Equal("done:Applied", said.What);
        await AgreeAsync(said, first, second, third);

        if (store == "postgres")
        {
            await place.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE '%entries%' OR query LIKE 'LISTEN test%'");
        }

        third.Pause();
        said = await second.AskAsync("e1");
        await AgreeAsync(said, first, second);
        await using Node late = new(journal);
        await late.StartAsync();
        third.Continue();

        await AgreeAsync(said, first, second, third, late);
    }

    private static async Task AgreeAsync(Said said, params Node[] nodes)
    {
        foreach (Node node in nodes)
        {
            Said seen = await node.WaitForAsync(said.Sequence);
            Assert.Equal((said.Hash, said.Edits, said.Key), (seen.Hash, seen.Edits, seen.Key));
        }
    }

    private sealed partial class Node(string journal) : IAsyncDisposable
    {
        private readonly List<Said> _told = [];
        private Process? _process;

        public async Task StartAsync()
        {
            ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Ibke.CrashHost.dll"), "follow", Atlas.Folder, journal])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true,
            };
            _process = Process.Start(start)!;
            _ = ReadAsync(_process);
            await UntilAsync(told => told.Count > 0);
        }

        public async Task<Said> AskAsync(string line)
        {
            int before = Count("done");
            await _process!.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
            await UntilAsync(_ => Count("done") > before);
            lock (_told)
            {
                return _told.Last(said => said.What.StartsWith("done", StringComparison.Ordinal));
            }
        }

        public async Task<Said> WaitForAsync(long sequence)
        {
            await UntilAsync(told => told.Any(said => said.Sequence >= sequence));
            lock (_told)
            {
                return _told.First(said => said.Sequence >= sequence);
            }
        }

        public void Pause() => Signal(19);

        public void Continue() => Signal(18);

        public async ValueTask DisposeAsync()
        {
            if (_process is not null)
            {
                // A paused process cannot be waited for; one that has ended needs no signal.
                _ = Kill(_process.Id, 18);
                _process.Kill();
                await _process.WaitForExitAsync();
                _process.Dispose();
            }
        }

        [LibraryImport("libc", EntryPoint = "kill")]
        private static partial int Kill(int process, int signal);

        private void Signal(int signal) => Assert.Equal(0, Kill(_process!.Id, signal));

        private int Count(string what)
        {
            lock (_told)
            {
                return _told.Count(said => said.What.StartsWith(what, StringComparison.Ordinal));
            }
        }

        private async Task ReadAsync(Process process)
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                string[] parts = line.Split(' ');
                lock (_told)
                {
                    _told.Add(new Said(parts[0], long.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), parts[2], parts[4], parts[5]));
                }
            }
        }

        private async Task UntilAsync(Func<List<Said>, bool> holds)
        {
            long start = Stopwatch.GetTimestamp();
            while (true)
            {
                lock (_told)
                {
                    if (holds(_told))
                    {
                        return;
                    }
                }

                Assert.True(Stopwatch.GetElapsedTime(start) < _soon, $"after {_soon} the node has told: {string.Join(" / ", _told)}");
                await Task.Delay(10);
            }
        }
    }

    private sealed record Said(string What, long Sequence, string Hash, string Edits, string Key);
}
