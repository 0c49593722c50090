namespace Ibke.Runtime.Chat.ToolCalls.Formats;

/// <summary>No calls: whatever the model writes is text.</summary>
internal sealed class NoFormat : ToolCallFormat
{
    public NoFormat()
        : base("none")
    {
    }

    internal override IReadOnlyList<string> Marks => [];

    internal override CallSyntax? Syntax => null;

    internal override CallReading Read(string text, bool isEnd, DeclaredFunctions functions, OpenCall open) => CallReading.Text(text.Length);
}
