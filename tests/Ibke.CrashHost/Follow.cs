using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Service;

namespace Ibke.CrashHost;

/// <summary>A node of a fleet.</summary>
internal static class Follow
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(5);

    /// <summary>MODEL JOURNAL; then lines QUESTION|ANSWER to edit, or an id to take back. Ends with its input.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        await using OpenService open = await OpenService.OpenAsync(args[0], args[1]);
        open.Say("open");
        using CancellationTokenSource stop = new();
        Task running = open.Service.RunAsync(stop.Token), telling = TellAsync(open, stop.Token);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            try
            {
                string[] parts = line.Split('|');
                ProposalResult result = parts.Length == 2
                    ? await open.Service.ProposeAsync(new FactProposal { Request = new EditRequest { Prompt = parts[0], Answer = parts[1] } }, OpenService.Caller)
                    : await open.Service.RevertAsync(line, OpenService.Caller);
                open.Say($"done:{result.Status}");
            }
            catch (JournalException)
            {
                open.Say("done:Failed");
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(running, telling);
        return 0;
    }

    private static async Task TellAsync(OpenService open, CancellationToken stop)
    {
        JournalHead head = open.Service.State.Head;
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(_look, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (open.Service.State.Head is { } now && now != head)
            {
                head = now;
                open.Say("changed");
            }
        }
    }
}
