using System.Diagnostics;
using System.Globalization;

namespace Ibke.Benchmarks;

/// <summary>A process of the fleet, as the parent sees it. Started again after it was killed.</summary>
internal sealed class FleetNode(string model, string journal, Action<FleetNode, FleetNode.Told> hear) : IDisposable
{
    private Process _process = new();
    private TaskCompletionSource<Told>? _answer;
    private TaskCompletionSource<Told> _open = new();

    /// <summary>When it was last started, killed or cut off; in its shadow lags do not count.</summary>
    public long Disturbed { get; set; }

    /// <summary>The number of the last entry that it has in force.</summary>
    public long Sequence { get; private set; }

    /// <summary>What it last said.</summary>
    public Told? Last { get; private set; }

    /// <summary>Starts it, and waits until it serves; as a supervisor does, starts it again where its connection is cut before that.</summary>
    public async Task StartAsync()
    {
        while (!await TryStartAsync())
        {
        }
    }

    /// <summary>Has it do something.</summary>
    /// <returns>Null where it was killed before it acknowledged.</returns>
    public async Task<Told?> DoAsync(string line)
    {
        TaskCompletionSource<Told> answer = _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
            return await answer.Task;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Kills it, in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        Disturbed = Stopwatch.GetTimestamp();
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task<bool> TryStartAsync()
    {
        _open = new TaskCompletionSource<Told>(TaskCreationOptions.RunContinuationsAsynchronously);
        Disturbed = Stopwatch.GetTimestamp();
        _process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Ibke.CrashHost.dll"), "follow", model, journal])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        _ = _process.StandardError.ReadToEndAsync();
        _ = ReadAsync(_process);
        await ((Task)_open.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Disturbed = Stopwatch.GetTimestamp();
        return _open.Task.IsCompletedSuccessfully;
    }

    private async Task ReadAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            string[] parts = line.Split(' ');
            if (parts.Length != 6)
            {
                continue;
            }

            Told told = new(parts[0], long.Parse(parts[1], CultureInfo.InvariantCulture), parts[2], parts[4], parts[5], Stopwatch.GetTimestamp());
            (Last, Sequence) = (told, Math.Max(Sequence, told.Sequence));
            hear(this, told);
            (told.What == "open" ? _open : told.What.StartsWith("done", StringComparison.Ordinal) ? _answer : null)?.TrySetResult(told);
        }

        _answer?.TrySetCanceled();
        _open.TrySetCanceled();
    }

    /// <summary>What a node said: the last entry it has in force, the hash of it, its edits, the key of its weights, and when.</summary>
    internal sealed record Told(string What, long Sequence, string Hash, string Edits, string Key, long Time);
}
