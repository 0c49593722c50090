using Ibke.Runtime.Knowledge.Functions;
using Ibke.Runtime.Knowledge.Sources;


namespace Ibke.Samples.SelfCorrectingAgent;

/// <summary>
/// Who may edit what: the model may ask for any edit, and so may whoever talks to it, but only what the directory says is made. Whoever sits here
/// may take edits back.
/// The reason is one that the embedded model has learned to repeat.
/// </summary>
internal sealed class DirectoryPolicy(IFactSource directory)
{
    private readonly EditAuthorization _confirmed = EditPolicies.RequireSource(directory);

    public async ValueTask<EditDecision> DecideAsync(EditProposal proposal, CancellationToken cancellationToken)
    {
        if (proposal.Action == EditAction.Revert)
        {
            return new EditDecision(true);
        }

        EditDecision decision = await _confirmed(proposal, cancellationToken);
        return decision.Allowed ? decision : decision with { Reason = "verification failed" };
    }
}
