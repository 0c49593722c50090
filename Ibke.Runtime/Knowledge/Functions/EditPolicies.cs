using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Runtime.Knowledge.Functions;

/// <summary>Usual rules of who may edit what.</summary>
public static class EditPolicies
{
    /// <summary>Every edit may be made and taken back by whoever talks to the model; an edit still has to pass the editor's own checks.</summary>
    public static EditAuthorization AllowAll { get; } = (_, _) => ValueTask.FromResult(new EditDecision(true));

    /// <summary>No edit may be made or taken back.</summary>
    public static EditAuthorization ReadOnly { get; } = (_, _) => ValueTask.FromResult(new EditDecision(false, "read-only mode"));

    /// <summary>Only what brings the model to what a source says: edits to its present answer, and taking back edits that it contradicts.</summary>
    public static EditAuthorization RequireSource(IFactSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return async (proposal, cancellationToken) =>
        {
            EditRequest request = proposal.Request;
            SourcedFact? fact = await source.AskAsync(request.Prompt, request.Subject, cancellationToken).ConfigureAwait(false);
            if (fact is null)
            {
                return new EditDecision(false, "the source does not know the fact");
            }

            bool confirmed = FactText.SameAnswer(fact.Answer, request.Answer);
            return confirmed == (proposal.Action == EditAction.Edit)
                ? new EditDecision(true)
                : new EditDecision(false, confirmed ? "the source still says so" : "the source says otherwise");
        };
    }
}
