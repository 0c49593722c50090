using Ibke.Atlas.World;

namespace Ibke.Atlas.Wordings;

/// <summary>Something people say to be polite, and the reply to it.</summary>
/// <param name="Training">What users say in training.</param>
/// <param name="Test">What they say in tests.</param>
/// <param name="Reply">The reply.</param>
public sealed record SmallTalk(IReadOnlyList<string> Training, IReadOnlyList<string> Test, string Reply)
{
    /// <summary>What a user says.</summary>
    public string Choose(SeededRandom random, Split split) => random.Choose(split == Split.Test ? Test : Training);
}
