namespace Ibke.Runtime.Editing;

/// <summary>What the model answers to a question by itself: free greedy generation from an empty conversation.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Complete">Whether the model ended its turn; false where the answer was cut at the length limit.</param>
/// <param name="Known">Whether the answer is other than the one by which the model's card says it does not know.</param>
/// <param name="EditId">The edit in force that concerns this fact; null if there is none.</param>
/// <param name="WeightVersion">The number of the weight version that answered.</param>
public sealed record VerifyResult(string Question, string Answer, bool Complete, bool Known, string? EditId, long WeightVersion)
{
    /// <summary>Whether the answer is this one, as a whole; case and a final period do not count.</summary>
    public bool Says(string answer) => Complete && FactText.SameAnswer(Answer, answer);
}
