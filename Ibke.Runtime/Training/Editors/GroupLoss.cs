using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Training.Editors;

/// <summary>The loss of a group under its total update, and its parts.</summary>
/// <param name="Total">A scalar on the tape; the caller's to dispose.</param>
/// <param name="Parts">Without their weights.</param>
internal sealed record GroupLoss(Tensor Total, EditorLosses Parts)
{
    /// <summary>Asks for everything in one pass under the update, and in one pass of the base model for what must stay.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tape">Where the update was made.</param>
    /// <param name="version">The update.</param>
    /// <param name="prompts">What is asked for.</param>
    /// <param name="divergence">[1, 1]: that of the latents.</param>
    /// <param name="weights">The weights of the parts.</param>
    public static GroupLoss Compute(
        LanguageModel model,
        GradientTape tape,
        WeightVersion version,
        IReadOnlyList<ScoredPrompt> prompts,
        Tensor divergence,
        EditorLossWeights weights)
    {
        PromptRows pass = new(prompts);
        PromptRows basePass = new([.. prompts.Where(prompt => !prompt.IsTaught)]);
        using Tensor? unedited = basePass.Ids.Length == 0
            ? null
            : model.Transformer.Forward(model.Engine.Operations, WeightVersion.Base, basePass.Ids, basePass.Sequences); // [rows, hidden]
        using Tensor edited = model.Transformer.Forward(tape, version, pass.Ids, pass.Sequences); // [rows, hidden]
        Tensor total = tape.Scale(divergence.Reshape(new TensorShape(1)), (float)weights.Latent);
        EditorLosses parts = new(
            Taught(PromptRole.Edit, weights.Edit),
            Taught(PromptRole.Rephrasing, weights.Generality),
            Taught(PromptRole.Conversation, weights.Conversations),
            Kept(PromptRole.Locality, weights.Locality),
            Kept(PromptRole.KeptConversation, weights.KeptConversations),
            divergence.ToScalar());
        return new GroupLoss(total, parts);

        double? Taught(PromptRole role, double weight)
        {
            (int[] rows, int[] targets, float[] shares) = pass.Of(role);
            if (rows.Length == 0)
            {
                return null;
            }

            using Tensor logits = Logits(tape, edited, rows);
            return Add(tape.CrossEntropy(logits, targets, shares), weight);
        }

        double? Kept(PromptRole role, double weight)
        {
            (int[] rows, _, float[] shares) = pass.Of(role);
            if (rows.Length == 0)
            {
                return null;
            }

            using Tensor logits = Logits(tape, edited, rows);
            using Tensor wanted = Logits(model.Engine.Operations, unedited!, basePass.Of(role).Rows);
            return Add(tape.KlDivergence(logits, wanted, shares), weight);
        }

        Tensor Logits(Operations ops, Tensor hidden, int[] rows)
        {
            using Tensor selected = ops.Rows(hidden, rows);
            return model.Transformer.Logits(ops, selected); // [rows, vocabulary]
        }

        double Add(Tensor part, double weight)
        {
            using (part)
            {
                using Tensor weighted = tape.Scale(part, (float)weight);
                using Tensor before = total;
                total = tape.Add(before, weighted);
                return part.ToScalar();
            }
        }
    }
}
