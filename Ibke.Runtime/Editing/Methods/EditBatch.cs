using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>The texts of several edits, which go through a model together.</summary>
internal sealed class EditBatch
{
    // Rows that go through the model together: enough to use it well, few enough for the memory of a tape.
    private const int RowsAtOnce = 4096;

    /// <summary>Sets the texts one after the other.</summary>
    public EditBatch(IReadOnlyList<EditText> texts)
    {
        Texts = texts;
        int start = 0;
        int[] starts = new int[texts.Count];
        for (int i = 0; i < texts.Count; i++)
        {
            starts[i] = start;
            start += texts[i].Inputs.Count;
        }

        Ids = [.. texts.SelectMany(text => text.Inputs)];
        Sequences = [.. texts.Select(text => new SequenceRows(text.Inputs.Count))];
        SubjectRows = [.. texts.Select((text, i) => starts[i] + text.SubjectRow)];
        PromptRows = [.. texts.Select((text, i) => starts[i] + text.AnswerRows[0])];
        AnswerRows = [.. texts.SelectMany((text, i) => text.AnswerRows.Select(row => starts[i] + row))];
        NeuronRows = [.. texts.SelectMany((text, i) => text.NeuronRows.Select(row => starts[i] + row))];
        Targets = [.. texts.SelectMany(text => text.Targets)];
        Weights = [.. texts.SelectMany(text => Enumerable.Repeat(1f / text.Targets.Count, text.Targets.Count))];
    }

    /// <summary>The texts.</summary>
    public IReadOnlyList<EditText> Texts { get; }

    /// <summary>All tokens.</summary>
    public int[] Ids { get; }

    /// <summary>One sequence a text.</summary>
    public SequenceRows[] Sequences { get; }

    /// <summary>The row of each subject's last token.</summary>
    public int[] SubjectRows { get; }

    /// <summary>The row of each prompt's last token.</summary>
    public int[] PromptRows { get; }

    /// <summary>The rows that predict <see cref="Targets"/>.</summary>
    public int[] AnswerRows { get; }

    /// <summary>The rows from each subject's first token on.</summary>
    public int[] NeuronRows { get; }

    /// <summary>The answers' tokens with their ends.</summary>
    public int[] Targets { get; }

    /// <summary>One for each target, so that the weighted loss is the sum over edits of the mean over an edit's targets.</summary>
    public float[] Weights { get; }

    /// <summary>The row of each text at which its fact is looked up.</summary>
    public int[] FactRows(FactToken token) => token == FactToken.SubjectLast ? SubjectRows : PromptRows;

    /// <summary>Divides texts into batches of bounded size, in their order.</summary>
    public static IEnumerable<EditBatch> Split(IEnumerable<EditText> texts) =>
        RowBatches.Of(texts, text => text.Inputs.Count, RowsAtOnce).Select(batch => new EditBatch(batch));
}
