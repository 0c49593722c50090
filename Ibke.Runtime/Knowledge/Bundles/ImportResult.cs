using Ibke.Runtime.Knowledge.Service;

namespace Ibke.Runtime.Knowledge.Bundles;

/// <summary>What became of an edit of a bundle.</summary>
/// <param name="BundledId">Its name in the bundle.</param>
/// <param name="Result">As of a proposal; unchanged where it was there already.</param>
public sealed record ImportResult(string BundledId, ProposalResult Result);
