namespace Ibke.Runtime.Knowledge.Sources;

/// <summary>Knows the present value of facts, such as a staff directory.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IFactSource
{
    /// <summary>The name that answers are credited to.</summary>
    string Name { get; }

    /// <summary>What sort of source it is, such as <c>registry</c>; rules of a policy name it. Default: <c>source</c>.</summary>
    string Class => "source";

    /// <summary>Asks for the present answer to a question.</summary>
    /// <param name="question">The question, as a user would ask it.</param>
    /// <param name="subject">What it is about, where the caller knows.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where the source does not know.</returns>
    /// <exception cref="FactSourceException">The source cannot be read at present.</exception>
    Task<SourcedFact?> AskAsync(string question, string? subject = null, CancellationToken cancellationToken = default);
}
