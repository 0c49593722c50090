using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Models;
using Npgsql;

namespace Ibke.Benchmarks;

/// <summary>
/// Several processes on one PostgreSQL, each editing and reverting, while processes and connections are killed at random: is anything acknowledged lost,
/// do all end with the same weights, and how long does an entry take to be in force everywhere?
/// </summary>
internal sealed class FleetSoak : IDisposable
{
    private static readonly TimeSpan _shadow = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(60);

    private readonly string _connection;
    private readonly EditCase[] _cases;
    private readonly FleetNode[] _nodes;
    private readonly ConcurrentBag<FleetNode.Told> _acknowledged = [];
    private readonly ConcurrentDictionary<long, (long Time, FleetNode By)> _commits = new();
    private readonly ConcurrentBag<double> _lags = [];
    private int _kills;
    private int _cuts;
    private int _unanswered;
    private int _failed;

    private FleetSoak(string model, string connection, string schema, EditCase[] cases, int nodes)
    {
        (_connection, _cases) = (connection, cases);
        _nodes = [.. Enumerable.Range(0, nodes).Select(_ => new FleetNode(model, $"{connection}|{schema}", Hear))];
    }

    /// <summary>MODEL CASES CONNECTION [MINUTES [NODES]].</summary>
    public static async Task RunAsync(string[] args)
    {
        double minutes = args.Length > 3 ? double.Parse(args[3], CultureInfo.InvariantCulture) : 10;
        int nodes = args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : 3;
        string schema = $"fleet_{Guid.NewGuid():n}";
        using FleetSoak soak = new(args[0], args[2], schema, [.. EditCaseFile.Read(args[1])], nodes);
        await soak.RunAsync(TimeSpan.FromMinutes(minutes));
        using LanguageModel model = LanguageModel.Load(args[0]);
        JournalIdentity identity = KnowledgeService.IdentityOf(KnowledgeEditor.Load(model));
        await using (EditJournal journal = await PostgresJournal.OpenAsync(args[2], identity, schema))
        {
            await soak.ReportAsync(journal, minutes);
        }

        await soak.ExecuteAsync($"DROP SCHEMA {schema} CASCADE");
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_nodes, node => node.Dispose());

    private async Task RunAsync(TimeSpan time)
    {
        await Task.WhenAll(_nodes.Select(node => node.StartAsync()));
        using CancellationTokenSource stop = new(time);
        await Task.WhenAll([.. _nodes.Select((node, i) => ActAsync(node, new Random(i), stop.Token)), KillAsync(new Random(-1), stop.Token), CutAsync(new Random(-2), stop.Token)]);
        long start = Stopwatch.GetTimestamp();
        while (_nodes.Select(node => node.Sequence).Distinct().Count() > 1 && Stopwatch.GetElapsedTime(start) < _longest)
        {
            await Task.Delay(50);
        }
    }

    private async Task ActAsync(FleetNode node, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            string[] edits = node.Last?.Edits.Trim('[', ']').Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];
            EditCase chosen = _cases[random.Next(_cases.Length)];
            string line = edits.Length > 0 && random.NextDouble() < edits.Length / 60.0 ? edits[random.Next(edits.Length)] : $"{chosen.Prompt}|{chosen.Answer}";
            FleetNode.Told? told = await node.DoAsync(line);
            if (told is null)
            {
                Interlocked.Increment(ref _unanswered);
            }
            else if (told.What == "done:Failed")
            {
                Interlocked.Increment(ref _failed);
            }
            else
            {
                _acknowledged.Add(told);
                _commits.TryAdd(told.Sequence, (told.Time, node));
            }

            await Pause(random.Next(100, 400), stop);
        }
    }

    private async Task KillAsync(Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Pause(random.Next(4_000, 12_000), stop);
            FleetNode node = _nodes[random.Next(_nodes.Length)];
            await node.KillAsync();
            _kills++;
            await node.StartAsync();
        }
    }

    private async Task CutAsync(Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Pause(random.Next(3_000, 8_000), stop);
            Array.ForEach(_nodes, node => node.Disturbed = Stopwatch.GetTimestamp());
            await ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()");
            _cuts++;
        }
    }

    private static async Task Pause(int milliseconds, CancellationToken stop) =>
        await Task.Delay(milliseconds, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task ExecuteAsync(string sql)
    {
        await using NpgsqlConnection connection = new(_connection + ";Pooling=false");
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    // How long after its acknowledgement an entry is in force at another node that nothing has happened to.
    private void Hear(FleetNode node, FleetNode.Told told)
    {
        if (told.What == "changed" && _commits.TryGetValue(told.Sequence, out (long Time, FleetNode By) commit) && commit.By != node
            && Stopwatch.GetElapsedTime(node.Disturbed) > _shadow)
        {
            _lags.Add(Math.Max(0, Stopwatch.GetElapsedTime(commit.Time, told.Time).TotalMilliseconds));
        }
    }

    private async Task ReportAsync(EditJournal journal, double minutes)
    {
        Dictionary<long, string> entries = [];
        await foreach (JournalEntry entry in journal.ReadAsync(JournalHead.Empty))
        {
            entries[entry.Sequence] = entry.Hash;
        }

        int lost = _acknowledged.Count(told => told.Sequence > 0 && entries.GetValueOrDefault(told.Sequence) != told.Hash);
        double[] lags = [.. _lags.Order()];
        FleetNode.Told[] last = [.. _nodes.Select(node => node.Last!)];
        bool agree = last.Select(told => (told.Sequence, told.Hash, told.Edits, told.Key)).Distinct().Count() == 1 && last[0].Sequence == entries.Count;
        Console.WriteLine($"{_nodes.Length} processes for {minutes} minutes: {_kills} killed and started again, all connections cut {_cuts} times");
        Console.WriteLine($"{_acknowledged.Count:N0} requests acknowledged, {_failed} failed with a message, {_unanswered} ended with their process; {entries.Count:N0} entries");
        Console.WriteLine($"acknowledged and lost: {lost}; chain of all entries valid");
        Console.WriteLine($"at the end all processes have the same entries, edits and weights: {(agree ? "yes" : "NO: " + string.Join(" / ", last.Select(told => told.ToString())))}");
        Console.WriteLine(lags.Length == 0 ? "no lag measured" : FormattableString.Invariant(
            $"in force at another process after its acknowledgement: median {lags[lags.Length / 2]:0} ms, p99 {lags[(int)(0.99 * (lags.Length - 1))]:0} ms, longest {lags[^1]:0} ms ({lags.Length:N0} times, undisturbed for {_shadow.TotalSeconds:0} s)"));
    }
}
