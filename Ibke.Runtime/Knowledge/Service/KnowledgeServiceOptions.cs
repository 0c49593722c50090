using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Sources;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ibke.Runtime.Knowledge.Service;

/// <summary>How a knowledge service works. Checked once, when it is opened.</summary>
public sealed record KnowledgeServiceOptions
{
    /// <summary>Who may change what.</summary>
    public KnowledgePolicy Policy { get; init; } = KnowledgePolicy.Default;

    /// <summary>What is true at present; asked before an edit that policy wants confirmed. Default: none.</summary>
    public IReadOnlyList<IFactSource> Sources { get; init; } = [];

    /// <summary>How long a new edit is looked at again and again, and taken back if it fails. 0 or more; default 0: not at all.</summary>
    public TimeSpan Probation { get; init; }

    /// <summary>How often edits on probation and facts whose time is over are looked at. Positive, default 10 s.</summary>
    public TimeSpan UpkeepInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Serve the edits up to this entry of the journal only, and make none: for a journal that is damaged after it. Null: all of them.</summary>
    public long? ReadUpTo { get; init; }

    /// <summary>Decides on dates. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Told of everything that is decided. Default: nobody.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Called between the steps of an edit, with the name of the step that is over; for tests that end the process there.</summary>
    internal Action<string> AfterStep { get; init; } = _ => { };

    internal KnowledgeServiceOptions Validate()
    {
        string[] problems =
        [
            .. Policy.FindProblems(),
            .. Probation < TimeSpan.Zero ? [$"{nameof(Probation)} is {Probation}, but must not be negative."] : Array.Empty<string>(),
            .. UpkeepInterval <= TimeSpan.Zero ? [$"{nameof(UpkeepInterval)} is {UpkeepInterval}, but must be positive."] : Array.Empty<string>(),
            .. ReadUpTo < 0 ? [$"{nameof(ReadUpTo)} is {ReadUpTo}, but must not be negative."] : Array.Empty<string>(),
        ];
        return problems.Length == 0 ? this : throw new ArgumentException(string.Join(' ', problems));
    }
}
