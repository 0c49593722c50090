using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Training.Editors;

/// <summary>Looks at held-out edits while an editor is trained.</summary>
/// <param name="model">The model.</param>
/// <param name="encoder">Makes tokens.</param>
/// <param name="replies">What the base model says.</param>
internal sealed class EditorValidation(LanguageModel model, CaseEncoder encoder, BaseReplies replies)
{
    private const int EditsAtOnce = 32;
    private const int RowsAtOnce = 4096;

    /// <summary>Computes edits, puts all of them in force, and asks for everything that the cases hold.</summary>
    /// <param name="computation">The editor.</param>
    /// <param name="form">How edits stand together.</param>
    /// <param name="cases">The edits.</param>
    /// <param name="cancellation">Looked at between passes.</param>
    public EditorScores Score(EditComputation computation, UpdateForm form, IReadOnlyList<EditCase> cases, CancellationToken cancellation)
    {
        List<ComputedEdit> edits = [];
        foreach (EditCase[] some in cases.Chunk(EditsAtOnce))
        {
            edits.AddRange(computation.Compute([.. some.Select(edit => encoder.Edit(edit, edit.Answer))], cancellation));
        }

        IReadOnlyList<WeightEdit> together = form.Together(edits);
        List<ScoredPrompt> prompts = Prompts(cases);
        List<bool> right = [];
        WeightVersion version = new(0, together);
        foreach (ScoredPrompt[] batch in Batches(prompts))
        {
            cancellation.ThrowIfCancellationRequested();
            right.AddRange(Right(version, batch));
        }

        foreach (WeightEdit edit in edits.Select(edit => edit.Alone).Concat(together).Distinct())
        {
            ComputedEdit.Discard(edit);
        }

        return new EditorScores(
            cases.Count,
            Share(PromptRole.Edit) ?? 0,
            Share(PromptRole.Rephrasing, PromptRole.Conversation),
            Share(PromptRole.Locality));

        double? Share(params PromptRole[] roles)
        {
            bool[] own = [.. right.Where((_, i) => roles.Contains(prompts[i].Role))];
            return own.Length == 0 ? null : own.Average(hit => hit ? 1.0 : 0);
        }
    }

    private static IEnumerable<ScoredPrompt[]> Batches(IEnumerable<ScoredPrompt> prompts)
    {
        List<ScoredPrompt> batch = [];
        foreach (ScoredPrompt prompt in prompts)
        {
            if (batch.Count > 0 && batch.Sum(other => other.Inputs.Length) + prompt.Inputs.Length > RowsAtOnce)
            {
                yield return [.. batch];
                batch.Clear();
            }

            batch.Add(prompt);
        }

        yield return [.. batch];
    }

    private List<ScoredPrompt> Prompts(IReadOnlyList<EditCase> cases)
    {
        EditedFact[] facts = [.. cases.Select(EditedFact.Of)];
        List<ScoredPrompt> prompts = [];
        foreach (EditCase edit in cases)
        {
            prompts.Add(encoder.Question(PromptRole.Edit, edit.Prompt, edit.Answer));
            prompts.AddRange(edit.Rephrasings.Select(other => encoder.Question(PromptRole.Rephrasing, other, edit.Answer)));
            prompts.AddRange(edit.Cloze.Select(cloze => encoder.Statement(PromptRole.Rephrasing, cloze, edit.Answer)));
            prompts.AddRange(edit.Conversations.Select(chat => encoder.Conversation(PromptRole.Conversation, chat, edit.Answer)));
        }

        LocalityPrompt[] neighbours = [.. cases.SelectMany(edit => edit.Locality).Where(prompt => !facts.Any(fact => fact.MayConcern(prompt)))];
        prompts.AddRange(replies.Of(neighbours).OfType<ScoredPrompt>());
        prompts.RemoveAll(prompt => prompt.Inputs.Length > model.Config.ContextLength);
        return prompts;
    }

    private IEnumerable<bool> Right(WeightVersion version, ScoredPrompt[] prompts)
    {
        Operations ops = model.Engine.Operations;
        PromptRows pass = new(prompts);
        using Tensor hidden = model.Transformer.Forward(ops, version, pass.Ids, pass.Sequences); // [rows, hidden]
        using Tensor looked = ops.Rows(hidden, pass.LookedAt);
        using Tensor logits = model.Transformer.Logits(ops, looked); // [targets, vocabulary]
        int[] likeliest = ops.ArgMax(logits);
        bool[] right = new bool[prompts.Length];
        for (int i = 0, at = 0; i < prompts.Length; at += prompts[i++].Targets.Length)
        {
            right[i] = likeliest.AsSpan(at, prompts[i].Targets.Length).SequenceEqual(prompts[i].Targets);
        }

        return right;
    }
}
