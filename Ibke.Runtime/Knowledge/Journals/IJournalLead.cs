namespace Ibke.Runtime.Knowledge.Journals;

/// <summary>That this process does a task for all that share a journal, until it is disposed of.</summary>
public interface IJournalLead : IAsyncDisposable
{
    /// <summary>Whether it still does.</summary>
    Task<bool> IsHeldAsync(CancellationToken cancellationToken);
}
