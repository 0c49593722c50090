using Microsoft.Extensions.AI;

namespace Ibke.Cli.Chatting;

/// <summary>Prints a reply as it comes: its text, and before it, dimmed, the model's thoughts.</summary>
/// <param name="output">Is printed on.</param>
/// <param name="showThoughts">False for scripts, which want the reply alone.</param>
internal sealed class ReplyPrinter(TextWriter output, bool showThoughts) : IDisposable
{
    private const string Dim = "\e[2m", Normal = "\e[22m";

    private bool _inThoughts;

    /// <summary>Prints the next part.</summary>
    public void Write(ChatResponseUpdate update)
    {
        foreach (AIContent content in update.Contents)
        {
            switch (content)
            {
                case TextReasoningContent thought when showThoughts:
                    output.Write(_inThoughts ? thought.Text : Dim + thought.Text);
                    _inThoughts = true;
                    break;
                case TextContent text:
                    output.Write(_inThoughts ? $"{Normal}\n{text.Text}" : text.Text);
                    _inThoughts = false;
                    break;
            }
        }
    }

    /// <summary>Ends the reply, wherever it broke off: what follows is not dimmed.</summary>
    public void Dispose()
    {
        if (_inThoughts)
        {
            output.Write(Normal);
            _inThoughts = false;
        }
    }
}
