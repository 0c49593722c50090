using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring.Replies;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Scoring.Skills;

/// <summary>
/// Measures what a model can do: the share of the replies of conversations that free greedy generation gives to the last token and ends there,
/// each after the right conversation before it.
/// </summary>
/// <remarks>
/// Computed without generating: greedy generation gives a reply exactly if each of its tokens, its end included, is the likeliest after those before
/// it, so one pass tells it of all replies of a conversation. Files are JSON lines as models are trained on (<see cref="DocumentReader"/>); messages
/// may have a <c>tag</c>. Of texts, the parts with a weight are the replies, and need not end the text. Thread-safe.
/// </remarks>
public sealed class SkillMeasurement
{
    private const int RowsAtOnce = 4096;

    private readonly LanguageModel _model;
    private readonly DocumentReader _reader;

    /// <summary>Prepares the measurement of a model.</summary>
    public SkillMeasurement(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _reader = DocumentReader.Load(model.Folder);
    }

    /// <summary>Measures one file.</summary>
    /// <param name="path">JSON lines.</param>
    /// <param name="version">The edits in force; null for none.</param>
    /// <param name="limit">At most so many lines, from the first one; null for all.</param>
    /// <param name="failures">How many wrong replies are told.</param>
    /// <param name="progress">Told how many lines are done, and of how many.</param>
    /// <param name="cancellationToken">Looked at between passes.</param>
    /// <exception cref="TrainingDataException">A line cannot be used; names file and line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public SkillScores Measure(
        string path,
        WeightVersion? version = null,
        int? limit = null,
        int failures = 0,
        Action<int, int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        List<SkillRow> rows = SkillRow.ReadFile(_reader, path, limit);
        Tally tally = new(failures);
        int done = 0;
        foreach (IReadOnlyList<SkillRow> batch in RowBatches.Of(rows, row => row.Ids.Length, RowsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[] likeliest = Likeliest(version ?? WeightVersion.Base, batch);
            int at = 0;
            foreach (SkillRow row in batch)
            {
                at = Count(row, likeliest, at, tally);
            }

            done += batch.Count;
            progress?.Invoke(done, rows.Count);
        }

        return tally.ToScores(Path.GetFileNameWithoutExtension(path));
    }

    // What does not fit the context is cut; the replies there are wrong.
    private int Fitting(SkillRow row) => Math.Min(row.Ids.Length, _model.Config.ContextLength);

    private int[] Likeliest(WeightVersion version, IReadOnlyList<SkillRow> batch)
    {
        List<int> ids = [], asked = [];
        List<SequenceRows> sequences = [];
        foreach (SkillRow row in batch)
        {
            int fitting = Fitting(row);
            foreach (SkillRow.Reply reply in row.Replies.Where(reply => reply.End <= fitting))
            {
                asked.AddRange(Enumerable.Range(ids.Count + reply.Start - 1, reply.End - reply.Start));
            }

            ids.AddRange(row.Ids.Span[..fitting]);
            sequences.Add(new SequenceRows(fitting));
        }

        if (asked.Count == 0)
        {
            return [];
        }

        Operations ops = _model.Engine.Operations;
        using Tensor hidden = _model.Transformer.Forward(ops, version, ids, sequences); // [ids, hidden]
        using Tensor replied = ops.Rows(hidden, asked); // [asked, hidden]
        using Tensor logits = _model.Transformer.Logits(ops, replied); // [asked, vocabulary]
        return NextTokens.Likeliest(_model, logits);
    }

    private int Count(SkillRow row, int[] likeliest, int at, Tally tally)
    {
        int fitting = Fitting(row);
        bool all = true;
        foreach (SkillRow.Reply reply in row.Replies)
        {
            ReadOnlySpan<int> wanted = row.Ids.Span[reply.Start..reply.End];
            ReadOnlySpan<int> given = reply.End <= fitting ? likeliest.AsSpan(at, wanted.Length) : [];
            at += given.Length;
            bool right = given.Length == wanted.Length && Same(wanted, given);
            all &= right;
            tally.Add(row.Line, reply.Tag, right, wanted, given, _model.Tokenizer);
        }

        tally.Add(all);
        return at;
    }

    // Any token that ends a reply ends it.
    private bool Same(ReadOnlySpan<int> wanted, ReadOnlySpan<int> given)
    {
        int last = wanted.Length - 1;
        return wanted[..last].SequenceEqual(given[..last])
            && (wanted[last] == given[last] || (_model.EndOfSequenceIds.Contains(wanted[last]) && _model.EndOfSequenceIds.Contains(given[last])));
    }
}
