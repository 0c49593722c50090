using System.Text;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>
/// Separates a reply, as it comes, into text and function calls. Text flows at once; only what may be the beginning of a mark, and white space
/// that may stand before one, waits for what follows. However the reply is cut into pieces, the contents are the same.
/// </summary>
/// <remarks>
/// White space around calls is dropped, and so is a closing mark that closes nothing. A call that cannot be read, or that the reply ends in, is
/// given with its <see cref="FunctionCallContent.Exception"/>. For one reply and one thread.
/// </remarks>
internal sealed class ToolCallParser(ToolCallFormat format)
{
    private readonly StringBuilder _pending = new();
    private bool _insideCall;
    private bool _afterCall;
    private int _searched;
    private int _doubtfulEnd = -1;

    /// <summary>Takes the next piece of the reply and gives what is certain now.</summary>
    public List<AIContent> Append(string text)
    {
        List<AIContent> contents = [];
        _pending.Append(text);
        while (_insideCall ? TryEndCall(contents) : TryBeginCall(contents))
        {
        }

        return contents;
    }

    /// <summary>Gives the rest at the end of the reply.</summary>
    public List<AIContent> Finish()
    {
        List<AIContent> contents = [];
        while (_insideCall)
        {
            if (_doubtfulEnd >= 0)
            {
                // The mark that seemed to lie inside a string did close the call: the string was never closed.
                EndCall(_doubtfulEnd, contents);
                contents.AddRange(Append(""));
            }
            else
            {
                contents.Add(ReadUnclosed(_pending.ToString()));
                _pending.Clear();
                _insideCall = false;
                _afterCall = true;
            }
        }

        AddText(_pending.ToString(), contents);
        _pending.Clear();
        return contents;
    }

    /// <summary>Outside a call: passes text on up to an opening mark, or as far as it is certain.</summary>
    /// <returns>Whether a mark was found and there may be more.</returns>
    private bool TryBeginCall(List<AIContent> contents)
    {
        string text = _pending.ToString();
        int open = text.IndexOf(format.Open, StringComparison.Ordinal);
        int close = text.IndexOf(format.Close, StringComparison.Ordinal);
        if (close >= 0 && (open < 0 || close < open))
        {
            AddText(text[..close], contents);
            _pending.Remove(0, close + format.Close.Length);
            return true;
        }

        if (open >= 0)
        {
            AddText(text[..open].TrimEnd(), contents);
            _pending.Remove(0, open + format.Open.Length);
            _insideCall = true;
            _searched = 0;
            _doubtfulEnd = -1;
            return true;
        }

        int certain = text.Length - Math.Max(BeginningOf(format.Open, text), BeginningOf(format.Close, text));
        certain = text.AsSpan(0, certain).TrimEnd().Length;
        AddText(text[..certain], contents);
        _pending.Remove(0, certain);
        return false;
    }

    /// <summary>Inside a call: ends it at the first closing mark that does not lie inside a string.</summary>
    /// <returns>Whether the call ended.</returns>
    private bool TryEndCall(List<AIContent> contents)
    {
        string text = _pending.ToString();
        for (int close = text.IndexOf(format.Close, _searched, StringComparison.Ordinal); close >= 0;
            close = text.IndexOf(format.Close, _searched, StringComparison.Ordinal))
        {
            if (!ToolCallBody.EndsInsideString(text[..close]))
            {
                EndCall(close, contents);
                return true;
            }

            _doubtfulEnd = _doubtfulEnd < 0 ? close : _doubtfulEnd;
            _searched = close + format.Close.Length;
        }

        _searched = Math.Max(_searched, text.Length - format.Close.Length + 1);
        return false;
    }

    private void EndCall(int close, List<AIContent> contents)
    {
        string body = _pending.ToString(0, close);
        contents.Add(ToolCallBody.TryRead(body, out string problem) ?? ToolCallBody.Malformed(body, problem));
        _pending.Remove(0, close + format.Close.Length);
        _insideCall = false;
        _afterCall = true;
    }

    /// <summary>The end of the reply closes a call whose JSON is whole.</summary>
    private FunctionCallContent ReadUnclosed(string text)
    {
        string body = text[..^BeginningOf(format.Close, text)];
        return ToolCallBody.TryRead(body, out _) ?? ToolCallBody.Malformed(text, "the reply ended inside it");
    }

    private void AddText(string text, List<AIContent> contents)
    {
        string shown = _afterCall ? text.TrimStart() : text;
        if (shown.Length > 0)
        {
            _afterCall = false;
            contents.Add(new TextContent(shown));
        }
    }

    /// <summary>The length of the longest end of the text that begins the mark but is not all of it.</summary>
    private static int BeginningOf(string mark, string text)
    {
        int length = Math.Min(mark.Length - 1, text.Length);
        while (!text.AsSpan(text.Length - length).SequenceEqual(mark.AsSpan(0, length)))
        {
            length--;
        }

        return length;
    }
}
