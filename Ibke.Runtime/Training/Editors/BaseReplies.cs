using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Training.Editors;

/// <summary>What the unedited model says, greedily, to prompts whose answers must stay. Remembers every reply.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class BaseReplies(LanguageModel model, CaseEncoder encoder)
{
    private const int AtOnce = 128;
    private const int LongestReply = 32;
    private const int LongestContinuation = 16;

    private readonly Dictionary<(string Prompt, PromptForm Form), ScoredPrompt?> _known = [];

    /// <summary>Each prompt with the model's reply; null for one that leaves no room for a reply.</summary>
    public IReadOnlyList<ScoredPrompt?> Of(IReadOnlyList<LocalityPrompt> prompts)
    {
        LocalityPrompt[] missing = [.. prompts.Where(prompt => !_known.ContainsKey(Key(prompt))).DistinctBy(Key)];
        foreach (LocalityPrompt[] some in missing.Chunk(AtOnce))
        {
            IReadOnlyList<int>[] ids = [.. some.Select(prompt =>
                prompt.Form == PromptForm.Chat ? encoder.Question(prompt.Prompt) : encoder.Statement(prompt.Prompt))];
            IReadOnlyList<List<int>> replies = Generate(ids, some);
            for (int i = 0; i < some.Length; i++)
            {
                _known[Key(some[i])] = replies[i].Count == 0 ? null : ScoredPrompt.Of(PromptRole.Locality, ids[i], replies[i]);
            }
        }

        return [.. prompts.Select(prompt => _known[Key(prompt)])];
    }

    private static (string Prompt, PromptForm Form) Key(LocalityPrompt prompt) => (prompt.Prompt, prompt.Form);

    // All prompts side by side: one pass over the prompts, then one over the last tokens of those that go on.
    private List<List<int>> Generate(IReadOnlyList<int>[] prompts, LocalityPrompt[] asked)
    {
        List<List<int>> replies = [.. prompts.Select(_ => new List<int>())];
        int[] going = [.. Enumerable.Range(0, prompts.Length).Where(i => prompts[i].Count > 0 && prompts[i].Count < model.Config.ContextLength - LongestReply)];
        KeyValueCache[] caches = [.. prompts.Select(_ => model.Transformer.CreateCache())];
        try
        {
            IReadOnlyList<int>[] next = prompts;
            while (going.Length > 0)
            {
                int[] tokens = Next([.. going.Select(i => next[i])], [.. going.Select(i => caches[i])]);
                for (int at = 0; at < going.Length; at++)
                {
                    replies[going[at]].Add(tokens[at]);
                }

                going = [.. going.Where(i => !Ends(replies[i], asked[i].Form))];
                next = [.. replies.Select(reply => reply.Count == 0 ? Array.Empty<int>() : [reply[^1]])];
            }

            return replies;
        }
        finally
        {
            Array.ForEach(caches, cache => cache.Dispose());
        }
    }

    private int[] Next(IReadOnlyList<int>[] ids, KeyValueCache[] caches)
    {
        Operations ops = model.Engine.Operations;
        SequenceRows[] sequences = [.. ids.Zip(caches, (some, cache) => new SequenceRows(some.Count, cache))];
        using Tensor hidden = model.Transformer.Forward(ops, WeightVersion.Base, [.. ids.SelectMany(some => some)], sequences);
        int row = -1;
        using Tensor last = ops.Rows(hidden, [.. ids.Select(some => row += some.Count)]); // [sequences, hidden]
        using Tensor logits = model.Transformer.Logits(ops, last); // [sequences, vocabulary]
        return ops.ArgMax(logits);
    }

    // A reply ends with its end of turn; a continued text with its sentence.
    private bool Ends(List<int> reply, PromptForm form) =>
        model.EndOfSequenceIds.Contains(reply[^1])
        || (form == PromptForm.Chat
            ? reply.Count == LongestReply
            : reply.Count == LongestContinuation || model.Tokenizer.Decode([reply[^1]]).AsSpan().ContainsAny(".!?\n"));
}
