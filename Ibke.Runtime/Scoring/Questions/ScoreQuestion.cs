using Ibke.Runtime.Editing.Cases;

namespace Ibke.Runtime.Scoring.Questions;

/// <summary>One question of a case.</summary>
/// <param name="Panel">What it tells.</param>
/// <param name="Kind">The sort of question within the panel.</param>
/// <param name="Content">What is asked.</param>
/// <param name="Answer">The whole answer wanted; null for what the unedited model says.</param>
/// <param name="Neighbour">What the question of a locality panel is about; null in the others.</param>
internal sealed record ScoreQuestion(Panel Panel, string Kind, QuestionContent Content, string? Answer, LocalityPrompt? Neighbour = null)
{
    /// <summary>The questions of a case: its own prompt, other wordings, texts to continue, conversations, neighbours, consequences.</summary>
    public static IReadOnlyList<ScoreQuestion> Of(EditCase source) =>
    [
        new(Panel.Reliability, "own_prompt", QuestionContent.Turn(source.Prompt), source.Answer),
        .. source.Rephrasings.Select(text => new ScoreQuestion(Panel.Generality, "rephrasing", QuestionContent.Turn(text), source.Answer)),
        .. source.Cloze.Select(cloze => new ScoreQuestion(Panel.Generality, "cloze", new PlainText(cloze.Prompt, cloze.End), source.Answer)),
        .. source.Conversations.Select(chat => new ScoreQuestion(
            Panel.Generality, chat.Kind, new ChatTurns(chat.Messages, chat.Tools), source.Answer)),
        .. source.Locality.Select(near => new ScoreQuestion(
            Panel.Locality,
            near.Kind,
            near.Form == PromptForm.Chat ? QuestionContent.Turn(near.Prompt) : new PlainText(near.Prompt, null),
            Answer: null,
            near)),
        .. source.Portability.Select(next => new ScoreQuestion(Panel.Portability, next.Kind, QuestionContent.Turn(next.Prompt), next.Answer)),
    ];
}
