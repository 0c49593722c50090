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
    private readonly List<(int[] Ids, SequenceRows[] Sequences)> _batches = [];

    /// <summary>Prepares the sentences; each is cut where the context ends.</summary>
    public OrdinaryText(LanguageModel model, IEnumerable<string> sentences)
    {
        _model = model;
        List<int> ids = [];
        List<SequenceRows> sequences = [];
        foreach (string sentence in sentences)
        {
            int[] tokens = [.. model.Tokenizer.Encode(sentence).Take(Math.Min(RowsAtOnce, model.Config.ContextLength))];
            if (ids.Count + tokens.Length > RowsAtOnce)
            {
                _batches.Add(([.. ids], [.. sequences]));
                ids.Clear();
                sequences.Clear();
            }

            if (tokens.Length > 0)
            {
                ids.AddRange(tokens);
                sequences.Add(new SequenceRows(tokens.Length));
            }
        }

        if (ids.Count > 0)
        {
            _batches.Add(([.. ids], [.. sequences]));
        }
    }

    /// <summary>The mean over all tokens of KL(p(next token) ‖ q(next token)), nats; 0 where there is no text.</summary>
    public double Drift(WeightVersion p, WeightVersion q, CancellationToken cancellationToken)
    {
        double sum = 0;
        int tokens = 0;
        foreach ((int[] ids, SequenceRows[] sequences) in _batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using Tensor left = Logits(p, ids, sequences); // [tokens, vocabulary]
            using Tensor right = Logits(q, ids, sequences);
            using Tensor divergence = _model.Engine.Operations.KlDivergence(left, right);
            sum += (double)divergence.ToScalar() * ids.Length;
            tokens += ids.Length;
        }

        return tokens == 0 ? 0 : sum / tokens;
    }

    private Tensor Logits(WeightVersion version, int[] ids, SequenceRows[] sequences)
    {
        Operations ops = _model.Engine.Operations;
        using Tensor hidden = _model.Transformer.Forward(ops, version, ids, sequences); // [tokens, hidden]
        return _model.Transformer.Logits(ops, hidden);
    }
}
