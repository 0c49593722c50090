namespace Ibke.Runtime.Editing;

/// <summary>An editor was made for another model than the one it is to edit.</summary>
public sealed class EditorMismatchException : Exception
{
    /// <summary>Makes the exception.</summary>
    public EditorMismatchException(string message)
        : base(message)
    {
    }
}
