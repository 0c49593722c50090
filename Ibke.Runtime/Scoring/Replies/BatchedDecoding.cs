using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Scoring.Replies;

/// <summary>Free greedy replies to many prompts, decoded side by side: one step computes the next token of all of them.</summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="model">The model.</param>
/// <param name="ends">The tokens that end a reply.</param>
/// <param name="maximumTokens">Longer replies are cut; the end counts as a token.</param>
internal sealed class BatchedDecoding(LanguageModel model, IReadOnlySet<int> ends, int maximumTokens)
{
    private const int PromptsAtOnce = 64;

    /// <summary>The replies, in the order of the prompts; an empty one where a prompt leaves no room for it in the context.</summary>
    public IReadOnlyList<Reply> Generate(WeightVersion version, IReadOnlyList<IReadOnlyList<int>> prompts, CancellationToken cancellationToken)
    {
        List<Reply> replies = [];
        foreach (IReadOnlyList<int>[] batch in prompts.Chunk(PromptsAtOnce))
        {
            Sequence[] sequences = [.. batch.Select(prompt => new Sequence(prompt))];
            try
            {
                Decode(version, sequences, cancellationToken);
            }
            finally
            {
                Array.ForEach(sequences, sequence => sequence.Cache?.Dispose());
            }

            replies.AddRange(sequences.Select(sequence => new Reply(sequence.Ids, sequence.Ended)));
        }

        return replies;
    }

    private void Decode(WeightVersion version, Sequence[] sequences, CancellationToken cancellationToken)
    {
        List<Sequence> open = [.. sequences.Where(sequence => sequence.Pending.Count > 0 && sequence.Pending.Count < model.Config.ContextLength)];
        foreach (Sequence sequence in open)
        {
            sequence.Cache = model.Transformer.CreateCache();
        }

        while (open.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[] next = Step(version, open);
            for (int i = 0; i < open.Count; i++)
            {
                open[i].Add(next[i], ends.Contains(next[i]));
            }

            open.RemoveAll(sequence => sequence.Ended
                || sequence.Ids.Count >= maximumTokens
                || sequence.Cache!.Length + 1 >= model.Config.ContextLength);
        }
    }

    private int[] Step(WeightVersion version, List<Sequence> open)
    {
        Operations ops = model.Engine.Operations;
        int[] ids = [.. open.SelectMany(sequence => sequence.Pending)];
        SequenceRows[] rows = [.. open.Select(sequence => new SequenceRows(sequence.Pending.Count, sequence.Cache))];
        int end = 0;
        int[] last = [.. open.Select(sequence => (end += sequence.Pending.Count) - 1)];
        using Tensor hidden = model.Transformer.Forward(ops, version, ids, rows); // [ids, hidden]
        using Tensor final = ops.Rows(hidden, last); // [open, hidden]
        using Tensor logits = model.Transformer.Logits(ops, final); // [open, vocabulary]
        return NextTokens.Likeliest(model, logits);
    }

    private sealed class Sequence(IReadOnlyList<int> prompt)
    {
        public KeyValueCache? Cache { get; set; }

        /// <summary>Tokens that the cache does not hold yet.</summary>
        public IReadOnlyList<int> Pending { get; private set; } = prompt;

        public List<int> Ids { get; } = [];

        public bool Ended { get; private set; }

        public void Add(int id, bool ends)
        {
            Ended = ends;
            Pending = [id];
            if (!ends)
            {
                Ids.Add(id);
            }
        }
    }
}
