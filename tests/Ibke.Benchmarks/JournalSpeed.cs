using System.Diagnostics;
using System.Globalization;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Models;

namespace Ibke.Benchmarks;

/// <summary>How long a service takes to open: with so many edits in force, and behind so many that were taken back.</summary>
internal static class JournalSpeed
{
    /// <summary>MODEL CASES [N...].</summary>
    public static async Task RunAsync(string[] args)
    {
        int[] counts = args.Length > 2 ? [.. args[2..].Select(text => int.Parse(text, CultureInfo.InvariantCulture))] : [100, 1000, 3000];
        EditCase[] cases = [.. EditCaseFile.Read(args[1])];
        Console.WriteLine("| edits in force | taken back before | entries | open, ms | restored edits a second | with a snapshot, ms | file, MiB |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (int count in counts)
        {
            foreach (int gone in new[] { 0, 10 * count })
            {
                await MeasureAsync(args[0], cases, count, gone);
            }
        }
    }

    private static async Task MeasureAsync(string folder, EditCase[] cases, int count, int gone)
    {
        string file = Path.Combine(Path.GetTempPath(), $"ibke-journal-{Guid.NewGuid():n}.db");
        using LanguageModel model = LanguageModel.Load(folder);
        await FillAsync(KnowledgeEditor.Load(model), file, cases, count, gone);
        double plain = await OpenAsync(folder, file, count, compact: true), snapshot = await OpenAsync(folder, file, count, compact: false);
        Console.WriteLine(FormattableString.Invariant(
            $"| {count:N0} | {gone:N0} | {count + (2 * gone):N0} | {plain:0} | {1000 * count / plain:N0} | {snapshot:0} | {new FileInfo(file).Length / 1048576.0:0.0} |"));
        File.Delete(file);
    }

    // Computed edits, each a little different, of as many facts.
    private static async Task FillAsync(KnowledgeEditor editor, string file, EditCase[] cases, int count, int gone)
    {
        await using EditJournal journal = await SqliteJournal.OpenAsync(file, KnowledgeService.IdentityOf(editor));
        EditRequest[] requests = [.. cases.Select(edit => edit.ToRequest() with { Rephrasings = [], Neighbours = [] })];
        byte[][] updates = [.. requests.Select(request => editor.Store(editor.Compute(request)))];
        EntryCaller by = EntryCaller.Of(Caller.Service("speed", KnowledgeRoles.All));
        EditResult result = new() { Status = EditStatus.Applied, AnswerBefore = "a", AnswerAfter = "b" };
        JournalHead head = JournalHead.Empty;
        for (int i = 0; i < count + gone; i++)
        {
            byte[] bytes = [.. updates[i % updates.Length]];
            BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), 0.5f + (i * 1e-6f));
            JournalUpdate update = JournalUpdate.Of(bytes);
            EditRequest request = requests[i % requests.Length];
            EntryContent content = new() { By = by, Request = request with { Prompt = $"{i}: {request.Prompt}" }, Result = result, Update = update.Hash };
            List<JournalDraft> drafts = [new(DateTimeOffset.UnixEpoch, JournalEntryKind.Published, $"e{i}", content.Write(), update)];
            if (i < gone)
            {
                drafts.Add(new JournalDraft(DateTimeOffset.UnixEpoch, JournalEntryKind.Reverted, $"e{i}", new EntryContent { By = by }.Write()));
            }

            JournalEntry last = (await journal.AppendAsync(head, drafts))[^1];
            head = new JournalHead(last.Sequence, last.Hash);
        }
    }

    private static async Task<double> OpenAsync(string folder, string file, int count, bool compact)
    {
        using LanguageModel model = LanguageModel.Load(folder);
        KnowledgeEditor editor = KnowledgeEditor.Load(model);
        JournalIdentity identity = KnowledgeService.IdentityOf(editor);
        long start = Stopwatch.GetTimestamp();
        await using KnowledgeService service = await KnowledgeService.OpenAsync(editor, await SqliteJournal.OpenAsync(file, identity));
        double taken = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (model.Versions.Current.Edits.Count != count)
        {
            throw new InvalidOperationException($"{model.Versions.Current.Edits.Count} edits are in force, not {count}.");
        }

        if (compact)
        {
            await service.CompactAsync();
        }

        return taken;
    }
}
