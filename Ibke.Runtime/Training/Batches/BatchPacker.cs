using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Training.Batches;

/// <summary>Packs documents into one batch. What follows the last learned token of a document is left out: it teaches nothing.</summary>
internal sealed class BatchPacker
{
    private readonly List<int> _inputs = [];
    private readonly List<SequenceRows> _sequences = [];
    private readonly List<int> _learnedRows = [];
    private readonly List<int> _targets = [];
    private readonly List<float> _weights = [];
    private readonly List<int> _replies = [];
    private readonly List<int> _replySources = [];

    /// <summary>Rows added so far.</summary>
    public int Rows => _inputs.Count;

    /// <summary>Rows that a document takes.</summary>
    public static int RowsOf(TrainingDocument document) => Math.Max(0, document.Weights.Span.LastIndexOfAnyExcept(0f));

    /// <summary>Adds a document; one without learned tokens adds nothing.</summary>
    /// <param name="document">The document.</param>
    /// <param name="source">The number of the source it came from.</param>
    public void Add(TrainingDocument document, int source)
    {
        int rows = RowsOf(document);
        if (rows == 0)
        {
            return;
        }

        ReadOnlySpan<int> ids = document.Ids.Span;
        ReadOnlySpan<float> weights = document.Weights.Span[..(rows + 1)];

        // A reply is a run of tokens that count at least half as much as those that count most.
        float counted = weights[1..].ToArray().Max() / 2;
        bool inReply = false;
        for (int row = 0; row < rows; row++)
        {
            float weight = weights[row + 1];
            bool continues = inReply;
            inReply = weight >= counted;
            if (weight > 0)
            {
                if (inReply && !continues)
                {
                    _replySources.Add(source);
                }

                _learnedRows.Add(_inputs.Count + row);
                _targets.Add(ids[row + 1]);
                _weights.Add(weight);
                _replies.Add(inReply ? _replySources.Count - 1 : -1);
            }
        }

        _inputs.AddRange(ids[..rows]);
        _sequences.Add(new SequenceRows(rows));
    }

    /// <summary>The batch of what was added; the packer is empty afterwards.</summary>
    public TrainingBatch Pack()
    {
        TrainingBatch batch = new(
            [.. _inputs], [.. _sequences], [.. _learnedRows], [.. _targets], [.. _weights], [.. _replies], [.. _replySources]);
        _inputs.Clear();
        _sequences.Clear();
        _learnedRows.Clear();
        _targets.Clear();
        _weights.Clear();
        _replies.Clear();
        _replySources.Clear();
        return batch;
    }
}
