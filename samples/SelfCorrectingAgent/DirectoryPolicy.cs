using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge;

namespace Ibke.Samples.SelfCorrectingAgent;

/// <summary>
/// Who may edit what: the model may ask for any edit, and so may whoever talks to it, but only what the directory says is made.
/// The reason is one that the embedded model has learned to repeat.
/// </summary>
internal sealed class DirectoryPolicy(IFactSource directory)
{
    private readonly EditAuthorization _confirmed = EditPolicies.RequireSource(directory);

    public async ValueTask<EditDecision> DecideAsync(EditRequest request, CancellationToken cancellationToken)
    {
        EditDecision decision = await _confirmed(request, cancellationToken);
        return decision.Allowed ? decision : decision with { Reason = "verification failed" };
    }
}
