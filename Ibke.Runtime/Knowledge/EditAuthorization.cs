using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge;

/// <summary>Decides, outside the model, whether an edit that a model or a user asks for may be made at all.</summary>
/// <param name="request">The edit, before anything is computed.</param>
/// <param name="cancellationToken">Ends the decision.</param>
public delegate ValueTask<EditDecision> EditAuthorization(EditRequest request, CancellationToken cancellationToken);

/// <summary>Whether an edit may be made.</summary>
/// <param name="Allowed">Whether it may.</param>
/// <param name="Reason">Why not, in a few words that the model is told; null: <c>not allowed by policy</c>.</param>
public readonly record struct EditDecision(bool Allowed, string? Reason = null);

/// <summary>Usual rules of who may edit what.</summary>
public static class EditPolicies
{
    /// <summary>Every edit may be made; it still has to pass the editor's own checks.</summary>
    public static EditAuthorization AllowAll { get; } = (_, _) => ValueTask.FromResult(new EditDecision(true));

    /// <summary>No edit may be made.</summary>
    public static EditAuthorization ReadOnly { get; } = (_, _) => ValueTask.FromResult(new EditDecision(false, "read-only mode"));

    /// <summary>Only edits to an answer that a source gives at present.</summary>
    public static EditAuthorization RequireSource(IFactSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return async (request, cancellationToken) =>
        {
            SourcedFact? fact = await source.AskAsync(request.Prompt, request.Subject, cancellationToken).ConfigureAwait(false);
            return fact is null ? new EditDecision(false, "the source does not know the fact")
                : FactText.SameAnswer(fact.Answer, request.Answer) ? new EditDecision(true)
                : new EditDecision(false, "the source says otherwise");
        };
    }
}
