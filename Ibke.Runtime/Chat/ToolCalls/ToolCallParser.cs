using System.Buffers;
using System.Text;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>
/// Separates a reply, as it comes, into text and function calls. Text flows at once; only what may be the beginning of a call, and white space
/// that may stand before one, waits for what follows. However the reply is cut into pieces, the contents are the same.
/// </summary>
/// <remarks>
/// White space around calls is dropped, and so is what a format writes behind them. A call that cannot be read stays text, to the character,
/// with the reason under <see cref="MalformedKey"/> in the content's additional properties. For one reply and one thread.
/// </remarks>
/// <param name="format">How calls are written.</param>
/// <param name="functions">The functions of the request.</param>
/// <param name="delivery">When calls are given.</param>
/// <param name="onlyAtStart">Whether a reply that does not begin with a call has none.</param>
internal sealed class ToolCallParser(ToolCallFormat format, DeclaredFunctions functions, CallDelivery delivery = CallDelivery.AtOnce, bool onlyAtStart = false)
{
    /// <summary>Key of the reason why a text is not the call it was meant to be, in additional properties.</summary>
    public const string MalformedKey = "ibke.malformed_call";

    // Longer pieces are cut, and waiting text from here on is not looked at for each piece.
    private const int Stretch = 1024;

    // A held call of this length may wait even where it may have ended: it comes a little late, but is not copied for each piece.
    private const int LongCall = 16 * Stretch;

    // One of these ends every call that is not ended by the reply itself.
    private static readonly SearchValues<char> _endings = SearchValues.Create("}]>");

    private readonly StringBuilder _reply = new();
    private readonly StringBuilder _unread = new();
    private readonly List<AIContent> _held = [];
    private readonly List<AIContent> _ready = [];
    private string _pending = "";
    private OpenCall? _open;
    private int _openBrackets;
    private bool _afterCall;
    private bool _isText;
    private bool _hasCalls;

    /// <summary>Takes the next piece of the reply and gives what is certain now.</summary>
    public List<AIContent> Append(string text)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = Math.Min(start + Stretch, text.Length);
            end -= end < text.Length && char.IsHighSurrogate(text[end - 1]) ? 1 : 0;
            ReadOnlySpan<char> piece = text.AsSpan(start, end - start);
            _unread.Append(piece);
            if (!MayWait(piece))
            {
                Advance(isEnd: false);
            }
        }

        if (delivery != CallDelivery.AllOrNothing)
        {
            return Take(_ready);
        }

        _reply.Append(text);
        _held.AddRange(Take(_ready));
        return [];
    }

    /// <summary>Gives the rest at the end of the reply.</summary>
    public List<AIContent> Finish()
    {
        Advance(isEnd: true);
        List<AIContent> contents = [.. Take(_held), .. Take(_ready)];
        string? problem = contents.Select(ProblemOf).FirstOrDefault(static reason => reason is not null);
        return delivery == CallDelivery.AllOrNothing && problem is not null && contents.Any(static content => content is FunctionCallContent)
            ? [Noted(_reply.ToString(), problem)]
            : contents;
    }

    /// <summary>Why a content is not the call it was meant to be, or null.</summary>
    public static string? ProblemOf(AIContent content) => content.AdditionalProperties?.GetValueOrDefault(MalformedKey) as string;

    private static List<AIContent> Take(List<AIContent> contents)
    {
        List<AIContent> taken = [.. contents];
        contents.Clear();
        return taken;
    }

    private static TextContent Noted(string text, string problem) =>
        new(text) { AdditionalProperties = new() { [MalformedKey] = problem } };

    /// <summary>Whether too little has come since the last look to look at all that waits once more, and it decides nothing or the call is long.</summary>
    private bool MayWait(ReadOnlySpan<char> piece) =>
        _pending.Length > Stretch && _unread.Length < _pending.Length / 8
        && (_open is null ? piece.IsWhiteSpace() : _pending.Length > LongCall || !piece.ContainsAny(_endings));

    private void Advance(bool isEnd)
    {
        _pending += _unread.ToString();
        _unread.Clear();
        while (_pending.Length > 0 && (!_afterCall || TrySkipTrailers(isEnd)) && TryReadNext(isEnd))
        {
        }
    }

    /// <summary>Behind a call: drops white space and what the format writes there.</summary>
    /// <returns>False where more text must come to know.</returns>
    private bool TrySkipTrailers(bool isEnd)
    {
        while (true)
        {
            string rest = _pending[JsonExtent.SkipSpace(_pending, 0)..];
            if (format.Trailers.FirstOrDefault(trailer => rest.StartsWith(trailer, StringComparison.Ordinal)) is { } found)
            {
                _pending = rest[found.Length..];
                continue;
            }

            if (!isEnd && format.Trailers.Any(trailer => trailer.StartsWith(rest, StringComparison.Ordinal)))
            {
                return false;
            }

            _pending = rest;
            _afterCall = rest.Length == 0;
            return rest.Length > 0;
        }
    }

    /// <summary>Passes text on up to the next mark, and reads what begins there.</summary>
    /// <returns>Whether there may be more to read.</returns>
    private bool TryReadNext(bool isEnd)
    {
        if (_open is null && !TryOpen(isEnd))
        {
            return false;
        }

        int space = JsonExtent.SkipSpace(_pending, 0);
        CallReading reading = format.Read(_pending[space..], isEnd, functions, _open!);
        if (reading.Length == 0 && !isEnd)
        {
            return false;
        }

        _open = null;
        if (reading.Calls.Count > 0 && delivery != CallDelivery.AsText)
        {
            _hasCalls = true;
            _ready.AddRange(reading.Calls);
            _pending = _pending[(space + reading.Length)..];
            _afterCall = true;
            return true;
        }

        string? problem = reading.Length == 0 ? "the reply ended inside it"
            : reading.Calls.Count > 0 ? "the request allows no function calls"
            : reading.Problem;
        Release(reading.Length == 0 ? _pending.Length : space + reading.Length, problem);
        _isText = onlyAtStart && !_hasCalls;
        return true;
    }

    /// <summary>Passes text on up to the next mark.</summary>
    /// <returns>Whether there is one.</returns>
    private bool TryOpen(bool isEnd)
    {
        if (onlyAtStart && !_hasCalls && !isEnd && !_isText && MayBecomeMark())
        {
            return false;
        }

        int mark = _isText ? -1 : FindMark();
        _isText |= onlyAtStart && !_hasCalls && mark != JsonExtent.SkipSpace(_pending, 0);
        if (_isText)
        {
            Release(_pending.Length);
            return false;
        }

        if (mark < 0)
        {
            Release(isEnd ? _pending.Length : _pending.AsSpan(0, _pending.Length - LengthOfPartialMark()).TrimEnd().Length);
            return false;
        }

        Release(_pending.AsSpan(0, mark).TrimEnd().Length);
        _open = new OpenCall();
        return true;
    }

    // Whether nothing is there yet but space or a part of a mark.
    private bool MayBecomeMark()
    {
        string rest = _pending.TrimStart();
        return format.Marks.Any(mark => mark.Length > rest.Length && mark.StartsWith(rest, StringComparison.Ordinal));
    }

    private int FindMark()
    {
        int first = -1;
        foreach (string mark in format.Marks)
        {
            int at = _pending.IndexOf(mark, StringComparison.Ordinal);
            int counted = 0;
            int open = _openBrackets;
            while (at >= 0 && !format.Opens(mark, open = OpenBrackets(open, counted, at)))
            {
                counted = at;
                at = _pending.IndexOf(mark, at + 1, StringComparison.Ordinal);
            }

            first = at >= 0 && (first < 0 || at < first) ? at : first;
        }

        return first;
    }

    /// <summary>The length of the longest end of the text that begins a mark but is not all of it.</summary>
    private int LengthOfPartialMark()
    {
        int longest = 0;
        foreach (string mark in format.Marks)
        {
            for (int length = Math.Min(mark.Length - 1, _pending.Length); length > longest; length--)
            {
                if (_pending.AsSpan(_pending.Length - length).SequenceEqual(mark.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }

    private void Release(int length, string? problem = null)
    {
        if (length > 0)
        {
            _openBrackets = OpenBrackets(_openBrackets, 0, length);
            _ready.Add(problem is null ? new TextContent(_pending[..length]) : Noted(_pending[..length], problem));
            _pending = _pending[length..];
        }
    }

    /// <summary>How many braces and brackets are open at a place, from those open at an earlier one. An empty line closes all.</summary>
    private int OpenBrackets(int open, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            open = _pending[i] switch
            {
                '{' or '[' => open + 1,
                '}' or ']' => Math.Max(open - 1, 0),
                '\n' when i > 0 && _pending[i - 1] == '\n' => 0,
                _ => open,
            };
        }

        return open;
    }
}
