namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>How a model writes function calls; see <see cref="ToolCallFormats"/>.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public abstract class ToolCallFormat
{
    private protected ToolCallFormat(string name) => Name = name;

    /// <summary>The format's name, in lower case.</summary>
    public string Name { get; }

    /// <summary>Gives the name.</summary>
    public override string ToString() => Name;

    /// <summary>The texts a call may begin with. A mark of a single character needs <see cref="Opens"/> to tell it from text.</summary>
    internal abstract IReadOnlyList<string> Marks { get; }

    /// <summary>Texts that mean nothing directly behind a call: closing marks and the tokens that end a turn.</summary>
    internal virtual IReadOnlyList<string> Trailers => [];

    /// <summary>Marks inside a call, which may be tokens of their own as well.</summary>
    internal virtual IReadOnlyList<string> InnerMarks => [];

    /// <summary>How a call is written where a model's own template does not show it, or null where calls cannot be written.</summary>
    internal abstract CallSyntax? Syntax { get; }

    /// <summary>Everything the format writes that may be a token of its own: the tokens a reader has to see.</summary>
    internal IEnumerable<string> ControlMarks => Marks.Concat(InnerMarks).Concat(Trailers).Where(static mark => mark.Length > 1);

    /// <summary>Reads the call at the beginning of a text.</summary>
    /// <param name="text">Begins with one of the marks.</param>
    /// <param name="isEnd">Whether the reply ends with the text.</param>
    /// <param name="functions">What the request declares.</param>
    /// <param name="open">What earlier readings of this call found: the same one as long as more text must come, a new one for each call.</param>
    internal abstract CallReading Read(string text, bool isEnd, DeclaredFunctions functions, OpenCall open);

    /// <summary>Whether a mark can begin a call where it stands.</summary>
    /// <param name="mark">One of the marks.</param>
    /// <param name="openBrackets">How many braces and brackets of the text before it are not closed.</param>
    internal virtual bool Opens(string mark, int openBrackets) => true;
}
