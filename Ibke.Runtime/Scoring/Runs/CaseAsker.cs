using System.Globalization;
using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring.Questions;
using Ibke.Runtime.Scoring.Replies;

namespace Ibke.Runtime.Scoring.Runs;

/// <summary>Asks an edited model the questions of cases.</summary>
internal sealed class CaseAsker(LanguageModel model, PromptEncoder encoder, BatchedDecoding decoding)
{
    private readonly GreedyCheck _check = new(model, encoder.Ends);

    /// <summary>Asks all questions of some cases together.</summary>
    /// <param name="key">What is in force.</param>
    /// <param name="edits">The same, computed.</param>
    /// <param name="changed">The facts that they change; neighbours that may be among them are left out.</param>
    /// <param name="cases">The cases.</param>
    /// <param name="quota">Says which wrong answers are written out; null for none.</param>
    /// <param name="cancellationToken">Looked at between passes.</param>
    /// <returns>In the order of the cases.</returns>
    public IReadOnlyList<CaseScore> Ask(
        GroupKey key,
        EditsInForce edits,
        ChangedFacts changed,
        IReadOnlyList<PreparedCase> cases,
        FailureQuota? quota,
        CancellationToken cancellationToken)
    {
        List<(PreparedCase Case, PreparedQuestion Prepared, ExpectedReply Expected)> asked =
        [
            .. from item in cases
               from question in item.Questions
               where !IsExcluded(question, item, changed)
               select (item, question, edits.HasContext
                   ? question.Expected with { Prompt = encoder.Prompt(question.Question.Content, edits) }
                   : question.Expected),
        ];
        IReadOnlyList<CheckedReply> results = _check.Check(edits.Version, [.. asked.Select(one => one.Expected)], cancellationToken);
        int[] wrong = [.. Enumerable.Range(0, asked.Count).Where(i => !results[i].Right && quota?.Take(key, asked[i].Prepared.Question.Panel) == true)];
        IReadOnlyList<Reply> given = decoding.Generate(edits.Version, [.. wrong.Select(i => asked[i].Expected.Prompt)], cancellationToken);
        ILookup<PreparedCase, FailedAnswer> failures = wrong.Zip(given).ToLookup(
            pair => asked[pair.First].Case, pair => Failure(asked[pair.First].Prepared, pair.Second));
        ILookup<PreparedCase, QuestionScore> scores = asked.Zip(results).ToLookup(pair => pair.First.Case, pair => Score(pair.First.Prepared, pair.Second));
        return [.. cases.Select(item => new CaseScore(
            key, item.Place, [.. scores[item]], item.Questions.Count - scores[item].Count(), [.. failures[item]]))];
    }

    /// <summary>Why the text that edits put before questions cannot be used: even a case's own prompt does not fit the context with it. Null where it can.</summary>
    public string? Problem(EditsInForce edits, IEnumerable<PreparedCase> cases)
    {
        int context = model.Config.ContextLength;
        int longest = !edits.HasContext ? 0 : cases
            .SelectMany(item => item.Questions)
            .Where(question => question.Question.Panel == Panel.Reliability)
            .Max(question => encoder.Prompt(question.Question.Content, edits).Count + question.Expected.Wanted.Length);
        return longest <= context ? null : string.Create(
            CultureInfo.InvariantCulture, $"the facts do not fit the context of {context} tokens: with them a question and its answer take {longest}");
    }

    private static bool IsExcluded(PreparedQuestion question, PreparedCase item, ChangedFacts changed) =>
        question.Expected.Wanted.Length == 0 || (question.Question.Neighbour is { } neighbour && changed.May(neighbour, item.Source));

    private static QuestionScore Score(PreparedQuestion asked, CheckedReply result) => new(
        asked.Question.Panel, asked.Question.Kind, result.Right, result.TokensRight, result.Tokens, asked.Unknown);

    private FailedAnswer Failure(PreparedQuestion asked, Reply given) => new(
        asked.Question.Panel, asked.Question.Kind, asked.Question.Content.Text, Text(asked.Expected.Wanted), Text(given));

    // A reply that does not end shows it.
    private string Text(Reply reply) => model.Tokenizer.Decode([.. reply.Ids]).Trim() + (reply.Ends ? "" : " …");
}
