using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Scoring.Replies;

/// <summary>A reply that is expected after a prompt.</summary>
/// <param name="Prompt">The tokens up to where the reply begins.</param>
/// <param name="Wanted">The reply.</param>
internal sealed record ExpectedReply(IReadOnlyList<int> Prompt, Reply Wanted);

/// <summary>How an expected reply compares with what the model says.</summary>
/// <param name="Right">Whether free greedy generation gives exactly it, its end included.</param>
/// <param name="TokensRight">The tokens, the end included, that are the likeliest after the expected ones before them.</param>
/// <param name="Tokens">The tokens, the end included.</param>
internal readonly record struct CheckedReply(bool Right, int TokensRight, int Tokens);

/// <summary>Tells of many expected replies whether free greedy generation gives them, without generating.</summary>
/// <remarks>
/// Greedy generation gives a reply exactly if each of its tokens, its end included, is the likeliest after the prompt and those before it. So one
/// pass over prompts and replies tells it of many at once. Thread-safe.
/// </remarks>
/// <param name="model">The model.</param>
/// <param name="ends">The tokens that end a reply.</param>
internal sealed class GreedyCheck(LanguageModel model, IReadOnlySet<int> ends)
{
    // Rows that go through the model together; between two such passes a cancellation is looked at.
    private const int RowsAtOnce = 1024;

    /// <summary>Checks replies; one that does not fit the context is wrong.</summary>
    /// <returns>In the order of the replies.</returns>
    public IReadOnlyList<CheckedReply> Check(WeightVersion version, IReadOnlyList<ExpectedReply> replies, CancellationToken cancellationToken)
    {
        CheckedReply[] results = [.. replies.Select(reply => new CheckedReply(false, 0, reply.Wanted.Length))];
        IEnumerable<int> fitting = Enumerable.Range(0, replies.Count)
            .Where(i => replies[i].Wanted.Length > 0 && Rows(replies[i]) < model.Config.ContextLength);
        foreach (IReadOnlyList<int> batch in RowBatches.Of(fitting, i => Rows(replies[i]), RowsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            CheckBatch(version, batch, replies, results);
        }

        return results;
    }

    private static int Rows(ExpectedReply reply) => reply.Prompt.Count + reply.Wanted.Length - 1;

    private void CheckBatch(WeightVersion version, IReadOnlyList<int> batch, IReadOnlyList<ExpectedReply> replies, CheckedReply[] results)
    {
        List<int> ids = [], rows = [];
        List<SequenceRows> sequences = [];
        foreach (ExpectedReply reply in batch.Select(i => replies[i]))
        {
            rows.AddRange(Enumerable.Range(ids.Count + reply.Prompt.Count - 1, reply.Wanted.Length));
            ids.AddRange(reply.Prompt);
            ids.AddRange(reply.Wanted.Ids.Take(reply.Wanted.Length - 1));
            sequences.Add(new SequenceRows(Rows(reply)));
        }

        int[] likeliest = Likeliest(version, ids, sequences, rows);
        int at = 0;
        foreach (int i in batch)
        {
            Reply wanted = replies[i].Wanted;
            int right = 0;
            for (int token = 0; token < wanted.Length; token++, at++)
            {
                right += token < wanted.Ids.Count
                    ? likeliest[at] == wanted.Ids[token] ? 1 : 0
                    : ends.Contains(likeliest[at]) ? 1 : 0;
            }

            results[i] = new CheckedReply(right == wanted.Length, right, wanted.Length);
        }
    }

    private int[] Likeliest(WeightVersion version, List<int> ids, List<SequenceRows> sequences, List<int> rows)
    {
        Operations ops = model.Engine.Operations;
        using Tensor hidden = model.Transformer.Forward(ops, version, ids, sequences); // [ids, hidden]
        using Tensor replied = ops.Rows(hidden, rows); // [rows, hidden]
        using Tensor logits = model.Transformer.Logits(ops, replied); // [rows, vocabulary]
        return NextTokens.Likeliest(model, logits);
    }
}
