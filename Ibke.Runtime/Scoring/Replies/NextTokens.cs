using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Scoring.Replies;

/// <summary>The greedy choice.</summary>
internal static class NextTokens
{
    /// <summary>The likeliest token of each row, of those that the tokenizer knows.</summary>
    /// <param name="model">The model.</param>
    /// <param name="logits">[rows, vocabulary].</param>
    public static int[] Likeliest(LanguageModel model, Tensor logits)
    {
        Operations ops = model.Engine.Operations;
        using Tensor? known = model.UsableVocabulary == model.Config.VocabularySize ? null : ops.Columns(logits, 0, model.UsableVocabulary);
        return ops.ArgMax(known ?? logits);
    }
}
