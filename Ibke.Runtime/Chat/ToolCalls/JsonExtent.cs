using System.Buffers;
using Ibke.Runtime.Chat.ToolCalls.Formats;

namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>
/// Finds where a JSON object or array ends by its brackets, before it is whole and without reading it. What was searched once is not searched again
/// when the text has grown.
/// </summary>
internal sealed class JsonExtent
{
    private static readonly SearchValues<char> _signs = SearchValues.Create("\"{}[]");
    private static readonly SearchValues<char> _signsAndTag = SearchValues.Create("\"{}[]<");

    private int _start = -1;
    private int _place;
    private int _depth;
    private bool _isInString;
    private bool _isEnded;

    /// <summary>The place behind the value.</summary>
    /// <param name="text">The text of the call before, or that text with more behind it.</param>
    /// <param name="start">Where the value's first bracket stands.</param>
    /// <param name="stop">A text, beginning with <c>&lt;</c>, that ends the value wherever it stands outside a string, for a value whose brackets do not match.</param>
    /// <returns>The place behind the last bracket, or of the stop; −1 where neither has come yet.</returns>
    public int End(string text, int start, string? stop = null)
    {
        if (start != _start)
        {
            (_start, _place, _depth, _isInString, _isEnded) = (start, start, 0, false, false);
        }

        SearchValues<char> signs = stop is null ? _signs : _signsAndTag;
        while (!_isEnded && (!_isInString || TryLeaveString(text)))
        {
            int next = text.AsSpan(_place).IndexOfAny(signs);
            if (next < 0)
            {
                _place = text.Length;
                return -1;
            }

            _place += next;
            if (text[_place] == '<' && Literals.At(text, _place, stop!) == Continuation.Unknown)
            {
                return -1;
            }

            Pass(text, stop);
        }

        return _isEnded ? _place : -1;
    }

    /// <summary>The place of the first character that is no white space, the text's length where there is none.</summary>
    public static int SkipSpace(string text, int start)
    {
        int i = start;
        while (i < text.Length && char.IsWhiteSpace(text[i]))
        {
            i++;
        }

        return i;
    }

    /// <summary>Passes the sign at the place.</summary>
    private void Pass(string text, string? stop)
    {
        switch (text[_place])
        {
            case '"':
                _isInString = true;
                break;
            case '{' or '[':
                _depth++;
                break;
            case '}' or ']':
                _isEnded = --_depth <= 0;
                break;
            default:
                _isEnded = Literals.At(text, _place, stop!) == Continuation.Yes;
                _place -= _isEnded ? 1 : 0;
                break;
        }

        _place++;
    }

    /// <summary>Goes behind the quotation mark that ends the string.</summary>
    /// <returns>False where it has not come yet.</returns>
    private bool TryLeaveString(string text)
    {
        while (text.AsSpan(_place).IndexOfAny('"', '\\') is >= 0 and int next)
        {
            _place += next;
            if (text[_place] == '"')
            {
                _place++;
                _isInString = false;
                return true;
            }

            if (_place + 1 == text.Length)
            {
                return false;
            }

            // A backslash and what it escapes.
            _place += 2;
        }

        _place = text.Length;
        return false;
    }
}
