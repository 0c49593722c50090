using Ibke.Runtime.Models;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>Edits that an <see cref="IEditMethod"/> has put in force together: a version of the weights, and for some methods a text before a question.</summary>
public sealed class EditsInForce : IDisposable
{
    private readonly Func<string, string>? _context;

    /// <summary>Takes over edits that nothing else uses.</summary>
    /// <param name="edits">What changes the model.</param>
    /// <param name="elapsed">The time it took.</param>
    internal EditsInForce(IEnumerable<WeightEdit> edits, TimeSpan elapsed)
    {
        Version = new WeightVersion(0, edits);
        Bytes = Version.Bytes;
        Elapsed = elapsed;
    }

    /// <summary>Leaves the weights alone and says what is to be read before a question.</summary>
    /// <param name="context">From a question to the text; empty for none.</param>
    /// <param name="bytes">The bytes of the facts.</param>
    /// <param name="elapsed">The time it took.</param>
    internal EditsInForce(Func<string, string> context, long bytes, TimeSpan elapsed)
    {
        _context = context;
        Bytes = bytes;
        Elapsed = elapsed;
    }

    /// <summary>The weights to ask; the unedited model where edits are in the context only. Not published: a generation is given it.</summary>
    public WeightVersion Version { get; } = WeightVersion.Base;

    /// <summary>The bytes that the edits take.</summary>
    public long Bytes { get; }

    /// <summary>The time that computing them took.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Whether some questions have a text before them.</summary>
    public bool HasContext => _context is not null;

    /// <summary>The text that goes before a question; empty for none.</summary>
    /// <remarks>
    /// Whole sentences without a space at the end. In a conversation they stand, with a space after them, before the question in the user's last
    /// turn; a plain text that is to be continued begins with them and a space.
    /// </remarks>
    /// <param name="question">The user's last turn, or the plain text.</param>
    public string Context(string question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return _context?.Invoke(question) ?? "";
    }

    /// <summary>Returns the memory of the edits. The version must not be used afterwards.</summary>
    public void Dispose()
    {
        foreach (WeightEdit edit in Version.Edits)
        {
            ComputedEdit.Discard(edit);
        }
    }
}
