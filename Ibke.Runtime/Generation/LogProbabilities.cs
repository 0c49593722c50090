using System.Numerics.Tensors;
using System.Text;
using Ibke.Runtime.Models;

namespace Ibke.Runtime.Generation;

/// <summary>log softmax of the logits of one place, for the token that is chosen and the most probable ones. Belongs to one generation.</summary>
internal sealed class LogProbabilities(LanguageModel model, int top)
{
    private readonly float[] _logits = new float[model.Config.VocabularySize];
    private double _logSum;

    /// <summary>Keeps the logits, before anything changes them.</summary>
    /// <param name="logits">[vocabulary].</param>
    public void Take(ReadOnlySpan<float> logits)
    {
        logits.CopyTo(_logits);
        double largest = TensorPrimitives.Max(logits);
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        _logSum = largest + Math.Log(sum);
    }

    /// <summary>What is known about the token that was chosen.</summary>
    public TokenLogProbability Of(int id) => Of(id, [.. MostProbable().Select(other => Of(other, []))]);

    private TokenLogProbability Of(int id, IReadOnlyList<TokenLogProbability> alternatives)
    {
        byte[] bytes = !model.HasTokenizer ? []
            : model.Tokenizer.IsSpecial(id) ? Encoding.UTF8.GetBytes(model.Tokenizer.TokenText(id) ?? "")
            : model.Tokenizer.TokenBytes(id);
        return new TokenLogProbability(id, Encoding.UTF8.GetString(bytes), (float)(_logits[id] - _logSum), bytes, alternatives);
    }

    // The largest logits, the lowest id first among equal ones.
    private List<int> MostProbable()
    {
        List<int> best = [];
        for (int id = 0; id < _logits.Length && top > 0; id++)
        {
            if (best.Count == top && _logits[id] <= _logits[best[^1]])
            {
                continue;
            }

            int place = best.Count;
            while (place > 0 && _logits[id] > _logits[best[place - 1]])
            {
                place--;
            }

            best.Insert(place, id);
            best.RemoveRange(Math.Min(top, best.Count), Math.Max(0, best.Count - top));
        }

        return best;
    }
}
