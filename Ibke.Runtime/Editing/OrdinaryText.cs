using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>Sentences on which two versions of a model are compared, token by token.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class OrdinaryText
{
    // Rows whose logits are in memory together.
    private const int RowsAtOnce = 128;

    private readonly LanguageModel _model;
    private readonly (string Text, int[] Ids)[] _sentences;

    /// <summary>Prepares the sentences; each is cut where the context ends.</summary>
    public OrdinaryText(LanguageModel model, IEnumerable<string> sentences)
    {
        _model = model;
        int longest = Math.Min(RowsAtOnce, model.Config.ContextLength);
        _sentences = [.. sentences
            .Select(sentence => (Text: sentence, Ids: model.Tokenizer.Encode(sentence).Take(longest).ToArray()))
            .Where(sentence => sentence.Ids.Length > 0)];
    }

    /// <summary>The mean over all tokens of KL(p(next token) ‖ q(next token)), nats; 0 where there is no text.</summary>
    /// <param name="p">The version whose view counts.</param>
    /// <param name="q">The version it is compared with.</param>
    /// <param name="subjects">Sentences that name one of them are left out: what is said of it may change.</param>
    /// <param name="cancellationToken">Looked at between passes.</param>
    public double Drift(WeightVersion p, WeightVersion q, IEnumerable<string?> subjects, CancellationToken cancellationToken)
    {
        double sum = 0;
        int tokens = 0;
        string[] named = [.. subjects.OfType<string>().Where(subject => !string.IsNullOrWhiteSpace(subject))];
        IEnumerable<int[]> sentences = _sentences
            .Where(sentence => !named.Any(subject => sentence.Text.Contains(subject, StringComparison.OrdinalIgnoreCase)))
            .Select(sentence => sentence.Ids);
        foreach (IReadOnlyList<int[]> batch in RowBatches.Of(sentences, ids => ids.Length, RowsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[] ids = [.. batch.SelectMany(sentence => sentence)];
            SequenceRows[] sequences = [.. batch.Select(sentence => new SequenceRows(sentence.Length))];
            using Tensor left = Logits(p, ids, sequences); // [tokens, vocabulary]
            using Tensor right = Logits(q, ids, sequences);
            using Tensor divergence = _model.Engine.Operations.KlDivergence(left, right);
            sum += (double)divergence.ToScalar() * ids.Length;
            tokens += ids.Length;
        }

        // Rounding can take equal predictions a little below zero; a divergence is not.
        return tokens == 0 ? 0 : Math.Max(0, sum / tokens);
    }

    private Tensor Logits(WeightVersion version, int[] ids, SequenceRows[] sequences)
    {
        Operations ops = _model.Engine.Operations;
        using Tensor hidden = _model.Transformer.Forward(ops, version, ids, sequences); // [tokens, hidden]
        return _model.Transformer.Logits(ops, hidden);
    }
}
