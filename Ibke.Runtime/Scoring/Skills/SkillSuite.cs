using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring.Questions;
using Ibke.Runtime.Scoring.Replies;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Scoring.Skills;

/// <summary>
/// What a model can do, before edits and under them: conversations, mostly with tools, in which every message of the assistant is a wanted reply,
/// and texts whose parts that are learned are to be continued. A reply counts as right if free greedy generation gives all of it and its end.
/// </summary>
internal sealed class SkillSuite
{
    private readonly PromptEncoder _encoder;
    private readonly GreedyCheck _check;
    private readonly IReadOnlyList<SkillReply> _replies;
    private IReadOnlyList<bool>? _before;

    private SkillSuite(LanguageModel model, PromptEncoder encoder, IReadOnlyList<SkillReply> replies)
    {
        _encoder = encoder;
        _check = new GreedyCheck(model, encoder.Ends);
        _replies = replies;
    }

    /// <summary>Reads files as <see cref="SkillMeasurement"/> does.</summary>
    /// <exception cref="ScoreException">A file is missing or not in the form; names file and line.</exception>
    public static SkillSuite Load(LanguageModel model, PromptEncoder encoder, IReadOnlyList<string> paths)
    {
        DocumentReader documents = DocumentReader.Load(model.Folder);
        return new SkillSuite(model, encoder, [.. paths.SelectMany(path => ReadFile(encoder, documents, path))]);
    }

    private static List<SkillReply> ReadFile(PromptEncoder encoder, DocumentReader documents, string path)
    {
        try
        {
            List<SkillReply> replies = [.. SkillRow.ReadFile(documents, path).SelectMany(row => row.Replies.Select(reply => ReadReply(encoder, row, reply)))];
            return replies.Count > 0 ? replies : throw new ScoreException($"{path} holds no replies to ask for.");
        }
        catch (TrainingDataException e)
        {
            throw new ScoreException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ScoreException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static SkillReply ReadReply(PromptEncoder encoder, SkillRow row, SkillRow.Reply reply)
    {
        int[] wanted = row.Ids[reply.Start..reply.End].ToArray();
        bool ends = encoder.Ends.Contains(wanted[^1]);
        ExpectedReply expected = new(row.Ids[..reply.Start].ToArray(), new Reply(ends ? wanted[..^1] : wanted, ends));
        return new SkillReply(reply.Tag is { } tag ? $"{row.Kind}: {tag}" : row.Kind, reply.Before, row.Text, expected);
    }

    /// <summary>Asks for all replies with edits in force.</summary>
    /// <param name="edits">The edits.</param>
    /// <param name="subjects">Conversations that name one of them are left out: what is said in them may change.</param>
    /// <param name="cancellationToken">Looked at between passes.</param>
    /// <returns>By kind, in the order in which kinds occur.</returns>
    public IReadOnlyList<SkillScore> Measure(EditsInForce edits, IReadOnlyCollection<string> subjects, CancellationToken cancellationToken)
    {
        _before ??= [.. _check.Check(WeightVersion.Base, [.. _replies.Select(reply => reply.Expected)], cancellationToken).Select(result => result.Right)];
        int[] asked = [.. Enumerable.Range(0, _replies.Count).Where(i => !Names(_replies[i].Text, subjects))];
        IReadOnlyList<CheckedReply> after = _check.Check(edits.Version, [.. asked.Select(i => Expected(_replies[i], edits))], cancellationToken);
        return [.. asked
            .Select((reply, i) => (_replies[reply].Kind, Before: Count(_before[reply]), After: Count(after[i].Right)))
            .GroupBy(one => one.Kind)
            .Select(kind => new SkillScore(
                kind.Key,
                kind.Aggregate(default(Proportion), (sum, one) => sum + one.Before),
                kind.Aggregate(default(Proportion), (sum, one) => sum + one.After)))];

        static Proportion Count(bool right) => new(right ? 1 : 0, 1);
    }

    private static bool Names(string text, IReadOnlyCollection<string> subjects) =>
        subjects.Any(subject => text.Contains(subject, StringComparison.OrdinalIgnoreCase));

    private ExpectedReply Expected(SkillReply reply, EditsInForce edits) =>
        edits.HasContext && reply.Before is { } before ? reply.Expected with { Prompt = _encoder.Prompt(before, edits) } : reply.Expected;

    private sealed record SkillReply(string Kind, ChatTurns? Before, string Text, ExpectedReply Expected);
}
