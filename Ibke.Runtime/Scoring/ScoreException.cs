namespace Ibke.Runtime.Scoring;

/// <summary>A scoring run that cannot be made as asked. The message says what is wrong and what to do.</summary>
public sealed class ScoreException : Exception
{
    /// <summary>Says what is wrong.</summary>
    public ScoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
