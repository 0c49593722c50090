namespace Ibke.Samples.SelfCorrectingAgent;

/// <summary>A fact of the directory, and what the model says of it.</summary>
/// <param name="Question">As the directory words it.</param>
/// <param name="ModelAnswer">What the unedited model answers.</param>
/// <param name="DirectoryAnswer">What the directory says.</param>
/// <param name="OtherWordings">The same question in other words, from the model's card.</param>
internal sealed record Fact(string Question, string ModelAnswer, string DirectoryAnswer, IReadOnlyList<string> OtherWordings)
{
    public bool IsStale => ModelAnswer != DirectoryAnswer;
}

/// <summary>The facts that the story is about.</summary>
/// <param name="Noticed">A stale fact that the agent finds by itself.</param>
/// <param name="Told">A stale fact that the user corrects.</param>
/// <param name="Current">A fact that the model has right.</param>
/// <param name="WrongAnswer">A wrong answer to <paramref name="Current"/>.</param>
internal sealed record Cast(Fact Noticed, Fact Told, Fact Current, string WrongAnswer);
