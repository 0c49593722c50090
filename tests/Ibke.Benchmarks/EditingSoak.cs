using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Models;
using Microsoft.Extensions.AI;

namespace Ibke.Benchmarks;

/// <summary>
/// Many chats at once, while facts are edited and reverted at random: is each answer that of the version it began with, does memory stay, do tokens come
/// as quickly, and do journal and weights agree at the end?
/// </summary>
internal sealed class EditingSoak
{
    private const double QuietShare = 0.25;
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    private readonly KnowledgeService _service;
    private readonly IChatClient _chat;
    private readonly EditCase[] _cases;
    private readonly string[] _base;
    private readonly ConcurrentDictionary<long, IReadOnlyDictionary<string, string>> _versions = new();
    private readonly ConcurrentDictionary<string, WeightEdit> _edits = new();
    private readonly ConcurrentDictionary<long, string[]> _sets = new();
    private readonly ConcurrentQueue<(string Question, long Version, string Answer)> _replies = new();
    private readonly List<double>[] _perToken = [[], []];
    private volatile int _phase;
    private (int Applied, int Reverted, int Rejected) _done;

    private EditingSoak(KnowledgeService service, IChatClient chat, EditCase[] cases, string[] answers) =>
        (_service, _chat, _cases, _base) = (service, chat, cases, answers);

    /// <summary>MODEL CASES [MINUTES [CHATS]].</summary>
    public static async Task RunAsync(string[] args)
    {
        double minutes = args.Length > 2 ? double.Parse(args[2], CultureInfo.InvariantCulture) : 10;
        int chats = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 50;
        using LanguageModel model = LanguageModel.Load(args[0]);
        KnowledgeEditor editor = KnowledgeEditor.Load(model);
        string file = Path.Combine(Path.GetTempPath(), $"ibke-soak-{Guid.NewGuid():n}.db");
        EditCase[] cases = [.. EditCaseFile.Read(args[1])];
        string key;
        await using (KnowledgeService service = await KnowledgeService.OpenAsync(
            editor,
            await SqliteJournal.OpenAsync(file, KnowledgeService.IdentityOf(editor)),
            new KnowledgeServiceOptions { Policy = KnowledgePolicy.Trusting with { CallerLimit = null, GlobalLimit = null } }))
        {
            string[] answers = [.. (await editor.VerifyAsync([.. cases.Select(edit => (edit.Prompt, ""))])).Select(said => said!.Answer)];
            using LocalChatClient chat = new(model);
            await new EditingSoak(service, chat, cases, answers).RunAsync(TimeSpan.FromMinutes(minutes), chats);
            key = model.Versions.Current.Key;
        }

        using LanguageModel fresh = LanguageModel.Load(args[0]);
        KnowledgeEditor other = KnowledgeEditor.Load(fresh);
        long start = Stopwatch.GetTimestamp();
        await using KnowledgeService again = await KnowledgeService.OpenAsync(other, await SqliteJournal.OpenAsync(file, KnowledgeService.IdentityOf(other)));
        Console.WriteLine(
            $"journal of {again.State.Head.Sequence:N0} entries read and {again.State.Edits.Count} edits restored in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms; "
            + $"weights {(fresh.Versions.Current.Key == key ? "are the same to the bit" : "DIFFER")}");
        File.Delete(file);
    }

    private async Task RunAsync(TimeSpan time, int chats)
    {
        Remember();
        using CancellationTokenSource stop = new(time);
        using CancellationTokenSource quiet = new(time * QuietShare);
        Task[] running = [.. Enumerable.Range(0, chats).Select(seed => Task.Run(() => ChatAsync(new Random(seed), stop.Token)))];
        long[] memory = [0, 0];
        await Wait(quiet.Token);
        _phase = 1;
        Task editing = Task.Run(() => EditAsync(new Random(-1), stop.Token));
        await Wait(new CancellationTokenSource(time * 0.1).Token);
        memory[0] = Memory();
        await Wait(stop.Token);
        await Task.WhenAll([.. running, editing]);
        memory[1] = Memory();
        Report(time, chats, memory);
    }

    private static async Task Wait(CancellationToken end) => await Task.Delay(Timeout.Infinite, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static long Memory()
    {
        GC.Collect();
        return Process.GetCurrentProcess().WorkingSet64 >> 20;
    }

    private async Task ChatAsync(Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            int fact = random.Next(_cases.Length);
            (string text, int phase, long start) = ("", _phase, Stopwatch.GetTimestamp());
            (long version, long tokens) = (-1, 1);
            await foreach (ChatResponseUpdate update in _chat.GetStreamingResponseAsync(_cases[fact].Prompt))
            {
                text += update.Text;
                version = update.AdditionalProperties?.TryGetValue("ibke.weight_version", out long number) == true ? number : version;
                tokens = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details.OutputTokenCount ?? tokens;
            }

            _replies.Enqueue((_cases[fact].Prompt, version, text));
            lock (_perToken[phase])
            {
                _perToken[phase].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / tokens);
            }
        }
    }

    private async Task EditAsync(Random random, CancellationToken stop)
    {
        Caller caller = Caller.Service("soak", KnowledgeRoles.All);
        while (!stop.IsCancellationRequested)
        {
            IReadOnlyList<KnownEdit> edits = _service.State.Edits;
            bool revert = edits.Count > 0 && random.NextDouble() < (double)edits.Count / _cases.Length;
            ProposalResult result = revert
                ? await _service.RevertAsync(edits[random.Next(edits.Count)].Id, caller)
                : await _service.ProposeAsync(new FactProposal { Request = _cases[random.Next(_cases.Length)].ToRequest() with { Neighbours = [], Rephrasings = [] } }, caller);
            _done = (_done.Applied + (!revert && result.Status == ProposalStatus.Applied ? 1 : 0), _done.Reverted + (revert ? 1 : 0), _done.Rejected + (result.Status == ProposalStatus.Rejected ? 1 : 0));
            Remember();
            await Task.Delay(_pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // What the present version should answer.
    private void Remember()
    {
        WeightVersion version = _service.Editor.Model.Versions.Current;
        foreach (WeightEdit edit in version.Edits)
        {
            _edits.TryAdd(edit.Id, edit);
        }

        _sets[version.Number] = [.. version.Edits.Select(edit => edit.Id)];
        _versions[version.Number] = _service.Editor.List().Where(record => record.InForce).ToDictionary(record => record.Request.Prompt, record => record.Request.Answer);
    }

    private void Report(TimeSpan time, int chats, long[] memory)
    {
        Dictionary<string, string> answers = _cases.Zip(_base).DistinctBy(pair => pair.First.Prompt).ToDictionary(pair => pair.First.Prompt, pair => pair.Second);
        (string Question, long Version, string Answer)[] unexpected =
        [
            .. _replies.Where(reply => !_versions.TryGetValue(reply.Version, out IReadOnlyDictionary<string, string>? edited)
                || reply.Answer != edited.GetValueOrDefault(reply.Question, answers[reply.Question])),
        ];

        // A version may answer otherwise than its edits say; what it really says, it is asked again.
        int torn = unexpected.Distinct().Count(reply => !_sets.TryGetValue(reply.Version, out string[]? set) || AskAgain(reply.Question, set) != reply.Answer);
        Console.WriteLine($"{chats} chats for {time}: {_replies.Count:N0} replies ({_replies.Count / time.TotalSeconds:0} a second)");
        Console.WriteLine($"edits {_done.Applied:N0} made, {_done.Rejected:N0} judged unfit, {_done.Reverted:N0} taken back; {_versions.Count:N0} versions");
        Console.WriteLine($"replies that are not those of the version they began with: {torn} ({unexpected.Length:N0} other than the edits of their version say, asked again)");
        foreach ((string name, List<double> times) in new[] { ("without edits", _perToken[0]), ("with edits", _perToken[1]) })
        {
            times.Sort();
            Console.WriteLine($"time a token {name}: median {Share(times, 0.5):0.0} ms, p99 {Share(times, 0.99):0.0} ms ({times.Count:N0} replies)");
        }

        Console.WriteLine($"p99 with edits / without: {Share(_perToken[1], 0.99) / Share(_perToken[0], 0.99):0.00}");
        Console.WriteLine($"memory after a third: {memory[0]:N0} MiB, at the end: {memory[1]:N0} MiB");
    }

    private static double Share(List<double> sorted, double share) => sorted.Count == 0 ? 0 : sorted[(int)(share * (sorted.Count - 1))];

    private string AskAgain(string question, string[] set)
    {
        WeightVersion version = new(0, set.Select(id => _edits[id]));
        return _service.Editor.Ask(version, question);
    }
}
