using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring.Replies;

namespace Ibke.Runtime.Scoring.Questions;

/// <summary>A question with the reply that counts as right.</summary>
/// <param name="Question">The question.</param>
/// <param name="Expected">Its prompt without any context, and the reply.</param>
/// <param name="Unknown">Whether the reply is the unedited model's and says that it does not know.</param>
internal sealed record PreparedQuestion(ScoreQuestion Question, ExpectedReply Expected, bool Unknown);

/// <summary>A case whose questions have been put into tokens, and whose neighbours have been asked of the unedited model.</summary>
/// <param name="Place">The case's place among the cases.</param>
/// <param name="Source">The case.</param>
/// <param name="Questions">All its questions.</param>
internal sealed record PreparedCase(int Place, EditCase Source, IReadOnlyList<PreparedQuestion> Questions)
{
    /// <summary>The neighbours' prompts, in their order.</summary>
    public static IReadOnlyList<IReadOnlyList<int>> NeighbourPrompts(EditCase source, PromptEncoder encoder) =>
        [.. ScoreQuestion.Of(source).Where(question => question.Answer is null).Select(question => encoder.Prompt(question.Content))];

    /// <summary>Prepares a case.</summary>
    /// <param name="model">The model.</param>
    /// <param name="card">Knows how the model says that it does not know.</param>
    /// <param name="encoder">Puts questions into tokens.</param>
    /// <param name="place">The case's place.</param>
    /// <param name="source">The case.</param>
    /// <param name="baseReplies">What the unedited model says to the neighbours, in their order.</param>
    public static PreparedCase Create(
        LanguageModel model, ModelCard card, PromptEncoder encoder, int place, EditCase source, IReadOnlyList<Reply> baseReplies)
    {
        Queue<Reply> said = new(baseReplies);
        List<PreparedQuestion> questions = [];
        foreach (ScoreQuestion question in ScoreQuestion.Of(source))
        {
            Reply reply = question.Answer is { } answer ? encoder.Reply(question.Content, answer) : said.Dequeue();
            bool unknown = question.Answer is null && card.UnknownAnswer is { } unknownAnswer && reply.Ends
                && FactText.SameAnswer(model.Tokenizer.Decode([.. reply.Ids]), unknownAnswer);
            questions.Add(new PreparedQuestion(question, new ExpectedReply(encoder.Prompt(question.Content), reply), unknown));
        }

        return new PreparedCase(place, source, questions);
    }
}
