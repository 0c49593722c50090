using Ibke.Runtime.Knowledge.Service;
using Ibke.Samples.ChatBackend.Security;

namespace Ibke.Samples.ChatBackend.Knowledge;

/// <summary>What a model knows beyond its weights, as the endpoints show it.</summary>
/// <param name="Sequence">The number of the journal's last entry.</param>
/// <param name="Suspended">Whether all edits are out of force.</param>
/// <param name="Edits">Those that were published and not taken back, oldest first.</param>
/// <param name="Pending">The proposals that wait, oldest first.</param>
internal sealed record StateView(long Sequence, bool Suspended, IReadOnlyList<EditView> Edits, IReadOnlyList<PendingView> Pending)
{
    /// <summary>Of a state.</summary>
    public static StateView Of(KnowledgeState state) =>
        new(state.Head.Sequence, state.Suspended, [.. state.Edits.Select(EditView.Of)], [.. state.Pending.Select(PendingView.Of)]);
}

/// <summary>An edit. Scores are shares from 0 to 1; the drift is in nats a token.</summary>
internal sealed record EditView(
    string Id,
    string Question,
    string Answer,
    string AnswerBefore,
    string? Subject,
    string? Source,
    string? Requester,
    IReadOnlyList<string> ApprovedBy,
    DateTimeOffset PublishedAt,
    double Reliability,
    double Generality,
    double Locality,
    double Drift,
    long Bytes,
    DateTimeOffset? ValidUntil)
{
    /// <summary>Of an edit.</summary>
    public static EditView Of(KnownEdit edit) => new(
        edit.Id,
        edit.Request.Prompt,
        edit.Request.Answer,
        edit.Result.AnswerBefore,
        edit.Request.Subject,
        edit.Request.Source,
        edit.Request.Requester,
        edit.ApprovedBy,
        edit.PublishedAt,
        edit.Result.Reliability.Score,
        edit.Result.Generality.Score,
        edit.Result.Locality.Score,
        edit.Result.Drift,
        edit.Result.Bytes,
        edit.ValidUntil);
}

/// <summary>A proposal that waits.</summary>
/// <param name="Id">Its name, which the edit will have.</param>
/// <param name="Question">The question whose answer is to change.</param>
/// <param name="Answer">The new answer.</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="ApprovalsNeeded">How many more must approve.</param>
/// <param name="ApprovedBy">Who has.</param>
/// <param name="Rule">The rule that makes it wait.</param>
/// <param name="Reason">Why it was proposed; null for no reason.</param>
internal sealed record PendingView(
    string Id, string Question, string Answer, string ProposedBy, int ApprovalsNeeded, IReadOnlyList<string> ApprovedBy, string Rule, string? Reason)
{
    /// <summary>Of a proposal.</summary>
    public static PendingView Of(PendingProposal proposal) => new(
        proposal.Id,
        proposal.Request.Prompt,
        proposal.Request.Answer,
        $"{proposal.By.Kind.ToString().ToLowerInvariant()} {proposal.By.Name}",
        Math.Max(0, proposal.Approvers - proposal.ApprovedBy.Count),
        proposal.ApprovedBy,
        proposal.Rule,
        proposal.Reason);
}

/// <summary>How much is being done.</summary>
/// <param name="TokensPerSecond">Tokens generated, over the last three seconds.</param>
/// <param name="Running">Replies that are being made.</param>
/// <param name="Waiting">Requests that wait for their turn.</param>
/// <param name="EditsInForce">Edits in the published weights.</param>
internal sealed record LoadView(double TokensPerSecond, int Running, int Waiting, int EditsInForce);

/// <summary>Whom a key belongs to, and what it may do.</summary>
internal sealed record WhoAmI(string Name, IReadOnlyList<string> Roles)
{
    /// <summary>Of a caller.</summary>
    public static WhoAmI Of(Identity identity) => new(identity.Name, BackendRoleNames.Of(identity.Roles));
}

/// <summary>An edit that somebody wants.</summary>
internal sealed record ProposalBody(string Question, string Answer, string? Subject = null, string? Reason = null, DateTimeOffset? ValidUntil = null);

/// <summary>Why something is done; may be left out.</summary>
internal sealed class ReasonBody
{
    /// <summary>Null for no reason.</summary>
    public string? Reason { get; init; }
}

/// <summary>A question to the model itself.</summary>
internal sealed record QuestionBody(string Question);

/// <summary>How a sweep goes: whether an edit is proposed for each stale fact.</summary>
internal sealed class SweepBody
{
    /// <summary>Default: no.</summary>
    public bool Propose { get; init; }
}
