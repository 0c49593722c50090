using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Scoring.Measures;

/// <summary>How far edits move the model on ordinary text: KL(edited ‖ unedited) of the next token, summed over tokens.</summary>
/// <param name="Sum">In nats.</param>
/// <param name="Tokens">The tokens compared.</param>
internal readonly record struct Drift(double Sum, int Tokens);

/// <summary>Ordinary sentences on which an edited model is compared with the unedited one, token by token.</summary>
internal sealed class TextDrift
{
    private readonly LanguageModel _model;
    private readonly IReadOnlyList<(string Text, int[] Ids)> _sentences;

    /// <summary>Prepares the sentences; each is cut at half the context, so that a text before it fits as well.</summary>
    public TextDrift(LanguageModel model, IEnumerable<string> sentences)
    {
        _model = model;
        _sentences = [.. sentences
            .Select(text => (text, model.Tokenizer.Encode(text).Take(model.Config.ContextLength / 2).ToArray()))
            .Where(sentence => sentence.Item2.Length > 0)];
    }

    /// <summary>Compares.</summary>
    /// <param name="edits">The edits in force; a text that they put before a question is put before a sentence as well.</param>
    /// <param name="subjects">Sentences that name one of them are left out: what is said of it may change.</param>
    /// <param name="cancellationToken">Looked at between sentences.</param>
    public Drift Measure(EditsInForce edits, IReadOnlyCollection<string> subjects, CancellationToken cancellationToken)
    {
        double sum = 0;
        int tokens = 0;
        foreach ((string text, int[] ids) in _sentences)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!subjects.Any(subject => text.Contains(subject, StringComparison.OrdinalIgnoreCase)))
            {
                sum += Divergence(edits, text, ids);
                tokens += ids.Length;
            }
        }

        // Rounding can take equal predictions a little below zero; a divergence is not.
        return new Drift(sum < 0 ? 0 : sum, tokens);
    }

    private double Divergence(EditsInForce edits, string text, int[] ids)
    {
        string context = edits.Context(text);
        IReadOnlyList<int> before = context.Length == 0 ? [] : _model.Tokenizer.Encode(context + " ");
        before = [.. before.TakeLast(_model.Config.ContextLength - ids.Length)];
        using Tensor edited = Logits(edits.Version, [.. before, .. ids], before.Count); // [ids, vocabulary]
        using Tensor unedited = Logits(WeightVersion.Base, ids, 0);
        using Tensor mean = _model.Engine.Operations.KlDivergence(edited, unedited);
        return (double)mean.ToScalar() * ids.Length;
    }

    // Of the rows from a first one on.
    private Tensor Logits(WeightVersion version, IReadOnlyList<int> ids, int first)
    {
        Operations ops = _model.Engine.Operations;
        using Tensor hidden = _model.Transformer.Forward(ops, version, ids, [new SequenceRows(ids.Count)]); // [ids, hidden]
        using Tensor rows = ops.Rows(hidden, [.. Enumerable.Range(first, ids.Count - first)]);
        return _model.Transformer.Logits(ops, rows);
    }
}
