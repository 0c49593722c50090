using Ibke.Runtime.Models;

namespace Ibke.Runtime.Editing;

/// <summary>An edit that was computed and judged, and waits to be published or dropped.</summary>
/// <param name="Request">What is to change.</param>
/// <param name="FactKey">Equal for edits of the same fact.</param>
/// <param name="Result">How it was judged; its status is <see cref="EditStatus.Applied"/> where it may be published.</param>
/// <param name="Current">The version in force when it was judged.</param>
/// <param name="Candidate">What would be published; null where nothing was computed, or what was computed is unfit.</param>
internal sealed record PreparedEdit(EditRequest Request, string FactKey, EditResult Result, WeightVersion Current, EditCandidate? Candidate)
{
    /// <summary>Whether it passed.</summary>
    public bool IsFit => Candidate is not null;
}
