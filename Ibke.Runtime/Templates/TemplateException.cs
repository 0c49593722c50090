namespace Ibke.Runtime.Templates;

/// <summary>A chat template cannot be read or cannot be rendered for the given conversation.</summary>
public sealed class TemplateException : Exception
{
    internal TemplateException(string message)
        : this(message, 0, 0, false)
    {
    }

    private TemplateException(string message, int line, int column, bool raisedByTemplate, Exception? inner = null)
        : base(message, inner)
    {
        Line = line;
        Column = column;
        IsRaisedByTemplate = raisedByTemplate;
    }

    /// <summary>Line of the template, from 1; 0 where no place is known.</summary>
    public int Line { get; }

    /// <summary>Column in the line, from 1; 0 where no place is known.</summary>
    public int Column { get; }

    /// <summary>Whether the template itself refused the conversation by <c>raise_exception</c>; the message is then the template's own.</summary>
    public bool IsRaisedByTemplate { get; }

    internal static TemplateException Raised(string message) => new(message, 0, 0, true);

    internal static TemplateException Syntax(string message, int line, int column) =>
        new($"Chat template, line {line}, column {column}: {message}", line, column, false);

    /// <summary>The same failure with its place, where it has none yet.</summary>
    internal TemplateException At(int line, int column)
    {
        if (Line > 0)
        {
            return this;
        }

        string message = IsRaisedByTemplate ? Message : $"Chat template, line {line}, column {column}: {Message}";
        return new TemplateException(message, line, column, IsRaisedByTemplate, this);
    }
}
