namespace Ibke.Runtime.Knowledge;

/// <summary>A fact source cannot be read; the message says which, where and why.</summary>
public sealed class FactSourceException : Exception
{
    /// <summary>Makes the exception.</summary>
    public FactSourceException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
