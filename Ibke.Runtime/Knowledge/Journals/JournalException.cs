namespace Ibke.Runtime.Knowledge.Journals;

/// <summary>The journal cannot be read or written; the message says where, why, and what to do. Nothing was written.</summary>
public class JournalException : IOException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="journal">Which journal.</param>
    /// <param name="problem">What is wrong, without a period.</param>
    /// <param name="advice">What to do, as a sentence.</param>
    /// <param name="inner">What it came from.</param>
    public JournalException(string journal, string problem, string advice, Exception? inner = null)
        : base($"{journal}: {problem}. {advice}", inner)
    {
        Journal = journal;
    }

    /// <summary>Which journal: a path, or a database without its password.</summary>
    public string Journal { get; }
}

/// <summary>An entry or an update of the journal is not what was written.</summary>
public sealed class JournalDamagedException(string journal, long sequence, string problem)
    : JournalException(
        journal,
        $"entry {sequence} {problem}",
        $"Restore the journal from a copy, or serve the edits before that entry only (ReadUpTo = {sequence - 1}).")
{
    /// <summary>The first entry that cannot be trusted.</summary>
    public long Sequence { get; } = sequence;
}

/// <summary>Another process wrote to the journal in between.</summary>
public sealed class JournalConflictException(string journal)
    : JournalException(journal, "another process wrote to it in between", "Read what was written, and decide again.");
