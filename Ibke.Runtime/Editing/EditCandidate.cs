using Ibke.Runtime.Models;

namespace Ibke.Runtime.Editing;

/// <summary>An edit beside those that stay in force: what is judged, and published or dropped.</summary>
/// <param name="Edit">The edit.</param>
/// <param name="Staying">The edits that stay in force with it.</param>
/// <param name="Together">The neurons of all of them.</param>
internal sealed record EditCandidate(ComputedEdit Edit, IReadOnlyList<LedgerEntry> Staying, IReadOnlyList<WeightEdit> Together)
{
    /// <summary>Joins an edit with those that stay; where that fails, the edit's memory is returned.</summary>
    public static EditCandidate Create(
        EditSource source, ComputedEdit edit, IReadOnlyList<LedgerEntry> staying, CancellationToken cancellationToken)
    {
        try
        {
            return new EditCandidate(edit, staying, source.Together([.. staying.Select(entry => entry.Edit), edit], cancellationToken));
        }
        catch
        {
            ComputedEdit.Discard(edit.Alone);
            throw;
        }
    }

    /// <summary>Returns the memory of all neurons that exist for the candidate only. Not after it was published.</summary>
    public void Discard()
    {
        foreach (WeightEdit own in Together.Append(Edit.Alone).Except(Staying.Select(entry => entry.Edit.Alone)))
        {
            ComputedEdit.Discard(own);
        }
    }
}
