namespace Ibke.Runtime.Scoring.Skills;

/// <summary>How a model did in one file of conversations or texts.</summary>
/// <param name="Skill">The name of the file without its ending.</param>
/// <param name="Replies">Replies that are right as a whole, their end included.</param>
/// <param name="Conversations">Conversations all of whose replies are.</param>
/// <param name="Tags">The replies by what their messages are tagged with, in the order of the tags; empty where nothing is tagged.</param>
/// <param name="Failures">The first replies that were wrong.</param>
public sealed record SkillScores(
    string Skill,
    Proportion Replies,
    Proportion Conversations,
    IReadOnlyList<TagScore> Tags,
    IReadOnlyList<FailedReply> Failures)
{
    /// <summary>Replies that call a function: those whose tag ends with <c>:call</c>.</summary>
    public Proportion Calls => Tags.Where(tag => tag.Tag.EndsWith(":call", StringComparison.Ordinal))
        .Aggregate(default(Proportion), (sum, tag) => sum + tag.Replies);
}

/// <summary>The replies of one tag.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Replies">How many were right.</param>
public sealed record TagScore(string Tag, Proportion Replies);

/// <summary>A reply that was wrong.</summary>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Tag">The tag of its message; null for none.</param>
/// <param name="Wanted">The reply.</param>
/// <param name="Given">For each of its tokens the likeliest after the right ones before it: the reply up to its first error is what the model says.</param>
public sealed record FailedReply(int Line, string? Tag, string Wanted, string Given);
