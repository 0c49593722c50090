namespace Ibke.Atlas.Cases;

/// <summary>How many questions an edit gets.</summary>
/// <param name="Rephrasings">The fact in other words.</param>
/// <param name="Cloze">Sentences that the answer completes.</param>
/// <param name="Locality">Questions that must be answered as before.</param>
/// <param name="Portability">Whether there are questions whose answers follow.</param>
internal sealed record CaseSizes(int Rephrasings, int Cloze, int Locality, bool Portability);
