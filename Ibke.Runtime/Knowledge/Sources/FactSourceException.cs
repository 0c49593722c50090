namespace Ibke.Runtime.Knowledge.Sources;

/// <summary>A fact source cannot be read; the message says which, where and why.</summary>
public class FactSourceException : Exception
{
    /// <summary>Makes the exception.</summary>
    public FactSourceException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
