namespace Ibke.Runtime.Editing;

/// <summary>What became of an edit, and how it was judged.</summary>
public sealed record EditResult
{
    /// <summary>What became of it.</summary>
    public required EditStatus Status { get; init; }

    /// <summary>The name to revert it by, such as <c>e1</c>; null unless it was applied.</summary>
    public string? Id { get; init; }

    /// <summary>The model's own answer to the prompt before.</summary>
    public required string AnswerBefore { get; init; }

    /// <summary>The answer under the edit, also where it was rejected.</summary>
    public required string AnswerAfter { get; init; }

    /// <summary>The edit's own prompt.</summary>
    public PanelScore Reliability { get; init; } = PanelScore.Empty;

    /// <summary>The given rephrasings and the other wordings of the model's card.</summary>
    public PanelScore Generality { get; init; } = PanelScore.Empty;

    /// <summary>
    /// The questions of edits in force that were answered as those want before this one: all edits of its subject, and as many others
    /// as <see cref="KnowledgeEditorOptions.EarlierEditQuestions"/> says. Case and a final period of their answers do not count.
    /// </summary>
    public PanelScore EarlierEdits { get; init; } = PanelScore.Empty;

    /// <summary>The given neighbours and the card's locality questions, compared with the answers before the edit.</summary>
    public PanelScore Locality { get; init; } = PanelScore.Empty;

    /// <summary>The card's canaries, compared with the replies before the edit.</summary>
    public PanelScore Canaries { get; init; } = PanelScore.Empty;

    /// <summary>Kullback–Leibler divergence a token of the predictions on the card's text, after against before; nats.</summary>
    public double Drift { get; init; }

    /// <summary>The same after against the base model, on sentences that name no edited subject; nats a token.</summary>
    public double TotalDrift { get; init; }

    /// <summary>The number of the weight version in force when the result was made.</summary>
    public long WeightVersion { get; init; }

    /// <summary>The rounds of gradients taken, 1 … 4, or the steps of a method without a trained editor; 0 where nothing was computed.</summary>
    public int Rounds { get; init; }

    /// <summary>Memory that the edit's neurons take.</summary>
    public long Bytes { get; init; }

    /// <summary>From the request to the result, waiting for earlier edits included.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The part of <see cref="Elapsed"/> that computed the update.</summary>
    public TimeSpan ComputeTime { get; init; }

    /// <summary>The part of <see cref="Elapsed"/> that judged it.</summary>
    public TimeSpan JudgeTime { get; init; }

    /// <summary>The check a rejected edit failed first; null otherwise.</summary>
    public EditCheck? FailedCheck { get; init; }

    /// <summary>Why it was rejected, for people; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>The earlier edit of the same fact that it stands in for; null if there is none.</summary>
    public string? Supersedes { get; init; }
}
