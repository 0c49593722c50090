using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>What a model says, freely and greedily.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Ids">Its tokens, the end of turn included.</param>
/// <param name="Complete">Whether the model ended its turn within the limit.</param>
internal sealed record ModelAnswer(string Text, IReadOnlyList<int> Ids, bool Complete);

/// <summary>A question, and an answer that is likely to be the one; null where nothing is known.</summary>
/// <param name="Question">The question, for people.</param>
/// <param name="Draft">The answer.</param>
/// <param name="Rendered">The text up to where the answer begins; null where it is the question alone, in an empty conversation.</param>
internal readonly record struct DraftedQuestion(string Question, ModelAnswer? Draft, string? Rendered = null)
{
    /// <summary>Equal for what is asked in the same way.</summary>
    public string Key => Rendered ?? Question;
}

/// <summary>Free greedy answers to many questions, each from an empty conversation.</summary>
/// <remarks>
/// Drafts make it quick: a draft is what greedy generation gives exactly if each of its tokens is the most likely one after those before
/// it, and one pass over all drafts together tells that. Only questions whose draft fails are generated token by token. Thread-safe.
/// </remarks>
internal sealed class GreedyAnswers(LanguageModel model, QuestionPrompt prompts, int maximumTokens)
{
    // Rows that go through the model together. Few, so that the steps of chats come in between; between two such passes a cancellation is looked at.
    private const int RowsAtOnce = 64;

    private readonly TextGenerator _generator = new(model, prefixCacheBytes: 0);
    private readonly GenerationOptions _options = new() { MaxNewTokens = maximumTokens };

    /// <summary>The answer to one question.</summary>
    public ModelAnswer Answer(WeightVersion version, string question, CancellationToken cancellationToken) =>
        Generate(version, prompts.Encode(question), cancellationToken);

    /// <summary>The answers in the order of the questions.</summary>
    public IReadOnlyList<ModelAnswer> Answer(
        WeightVersion version, IReadOnlyList<DraftedQuestion> questions, CancellationToken cancellationToken)
    {
        IReadOnlyList<int>[] encoded = [.. questions.Select(Encode)];
        ModelAnswer?[] answers = new ModelAnswer?[questions.Count];
        IEnumerable<int> drafted = Enumerable.Range(0, questions.Count).Where(i => questions[i].Draft is not null && Rows(i) < model.Config.ContextLength);
        foreach (IReadOnlyList<int> batch in RowBatches.Of(drafted, Rows, RowsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Confirm(version, batch, questions, encoded, answers);
        }

        return [.. answers.Select((answer, i) => answer ?? Generate(version, encoded[i], cancellationToken))];

        int Rows(int i) => encoded[i].Count + questions[i].Draft!.Ids.Count - 1;
    }

    /// <summary>The answer that an edit wants, as the model would give it.</summary>
    public ModelAnswer Wanted(string answer) => new(answer, [.. model.Tokenizer.Encode(answer), prompts.EndOfTurn], Complete: true);

    private IReadOnlyList<int> Encode(DraftedQuestion question) =>
        question.Rendered is { } rendered ? model.Tokenizer.Encode(rendered) : prompts.Encode(question.Question);

    // Takes over the drafts of a batch that are greedy from the first to the last token.
    private void Confirm(
        WeightVersion version,
        IReadOnlyList<int> batch,
        IReadOnlyList<DraftedQuestion> questions,
        IReadOnlyList<int>[] encoded,
        ModelAnswer?[] answers)
    {
        List<int> ids = [], answerRows = [];
        List<SequenceRows> sequences = [];
        foreach (int i in batch)
        {
            IReadOnlyList<int> draft = questions[i].Draft!.Ids;
            answerRows.AddRange(Enumerable.Range(ids.Count + encoded[i].Count - 1, draft.Count));
            ids.AddRange(encoded[i]);
            ids.AddRange(draft.SkipLast(1));
            sequences.Add(new SequenceRows(encoded[i].Count + draft.Count - 1));
        }

        Operations ops = model.Engine.Operations;
        using Tensor hidden = model.Transformer.Forward(ops, version, ids, sequences); // [rows, hidden]
        using Tensor rows = ops.Rows(hidden, answerRows); // [drafted tokens, hidden]
        using Tensor logits = model.Transformer.Logits(ops, rows); // [drafted tokens, vocabulary]
        ReadOnlySpan<int> greedy = ops.ArgMax(logits);
        foreach (int i in batch)
        {
            ModelAnswer draft = questions[i].Draft!;
            answers[i] = greedy[..draft.Ids.Count].SequenceEqual(draft.Ids.ToArray()) ? draft : null;
            greedy = greedy[draft.Ids.Count..];
        }
    }

    private ModelAnswer Generate(WeightVersion version, IReadOnlyList<int> prompt, CancellationToken cancellationToken)
    {
        List<int> ids = [];
        bool complete = false;
        foreach (GenerationStep step in _generator.Generate(prompt, _options, version, cancellationToken))
        {
            ids.Add(step.TokenId);
            complete = step.FinishReason == FinishReason.Stop;
        }

        return new ModelAnswer(model.Tokenizer.Decode(ids), ids, complete);
    }
}
