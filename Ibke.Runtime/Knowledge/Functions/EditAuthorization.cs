namespace Ibke.Runtime.Knowledge.Functions;

/// <summary>Decides, outside the model, whether what a model or a user asks for may be done at all.</summary>
/// <param name="proposal">The change, before anything is computed.</param>
/// <param name="cancellationToken">Ends the decision.</param>
public delegate ValueTask<EditDecision> EditAuthorization(EditProposal proposal, CancellationToken cancellationToken);

/// <summary>Whether a change may be made.</summary>
/// <param name="Allowed">Whether it may.</param>
/// <param name="Reason">Why not, in a few words that the model is told; null: <c>not allowed by policy</c>.</param>
public readonly record struct EditDecision(bool Allowed, string? Reason = null);
