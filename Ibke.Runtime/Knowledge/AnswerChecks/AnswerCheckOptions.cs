using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ibke.Runtime.Knowledge.AnswerChecks;

/// <summary>How answers are checked as they are given.</summary>
public sealed record AnswerCheckOptions
{
    /// <summary>Where an edit is proposed for a stale answer, under its policy and after the reply; null: none is proposed.</summary>
    public KnowledgeService? Knowledge { get; init; }

    /// <summary>
    /// Whether a reply waits until it is checked, and a stale one for its edit; where that is made, the model is asked again and only its new reply is
    /// given. Needs <see cref="Knowledge"/>. Default: no, replies are given as they come.
    /// </summary>
    public bool Correct { get; init; }

    /// <summary>Who proposes.</summary>
    public Caller Caller { get; init; } = Caller.Service("answer-check", KnowledgeRoles.Propose);

    /// <summary>
    /// How long a finished reply waits for the source, which is asked while the reply is made; one that takes longer leaves the reply unchecked. 0 or
    /// more, default 1 s.
    /// </summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For so long the same fact is not proposed again, whatever became of it. Positive, default 10 minutes.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Told of stale answers and of sources that fail. Default: nobody.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    internal AnswerCheckOptions Validate()
    {
        ArgumentNullException.ThrowIfNull(Caller);
        ArgumentNullException.ThrowIfNull(Logger);
        if (Correct && Knowledge is null)
        {
            throw new ArgumentException($"{nameof(Correct)} needs {nameof(Knowledge)}.", nameof(Correct));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(LongestWait, TimeSpan.Zero, nameof(LongestWait));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Pause, TimeSpan.Zero, nameof(Pause));
        return this;
    }
}
