using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;

namespace Ibke.Runtime.Scoring.Measures;

/// <summary>Whether the model is what it was, to the bit, once all edits have been taken back.</summary>
internal sealed class RevertCheck
{
    private readonly LanguageModel _model;
    private readonly TextScorer _scorer;
    private readonly IReadOnlyList<IReadOnlyList<int>> _prompts;
    private readonly float[][] _before;

    /// <summary>Takes the logits of the unedited model after some prompts.</summary>
    public RevertCheck(LanguageModel model, IReadOnlyList<IReadOnlyList<int>> prompts)
    {
        _model = model;
        _scorer = new TextScorer(model);
        _prompts = prompts;
        _before = Logits();
    }

    /// <summary>Publishes edits, asks, takes all of them back, and compares the logits' bits.</summary>
    public bool Holds(EditsInForce edits)
    {
        _model.Versions.Publish(edits.Version.Edits);
        try
        {
            Logits();
        }
        finally
        {
            _model.Versions.Publish([]);
        }

        return Logits().Zip(_before).All(pair => SameBits(pair.First, pair.Second));
    }

    private static bool SameBits(float[] left, float[] right) =>
        left.Select(BitConverter.SingleToInt32Bits).SequenceEqual(right.Select(BitConverter.SingleToInt32Bits));

    private float[][] Logits() => [.. _prompts.Select(prompt => _scorer.NextLogits(prompt))];
}
