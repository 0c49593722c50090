namespace Ibke.Runtime.Chat.Reasoning;

/// <summary>
/// Separates a reply, as it comes, into what the model thinks and what it says. Thoughts stand at the beginning of a reply or nowhere; a mark
/// further on is text. White space around them is dropped.
/// </summary>
/// <remarks>For one reply and one thread.</remarks>
internal sealed class ReasoningParser(ReasoningFormat format, bool isOpen)
{
    private enum State
    {
        BeforeThoughts,
        BeforeFirstThought,
        InThoughts,
        BeforeAnswer,
        InMarkedAnswer,
        InAnswer,
    }

    private State _state = isOpen ? State.BeforeFirstThought : State.BeforeThoughts;
    private string _pending = "";

    /// <summary>Takes the next piece of the reply and gives what is certain now: thoughts, and the text behind them.</summary>
    public (string Thoughts, string Text) Append(string text) => Read(text, isEnd: false);

    /// <summary>Gives the rest at the end of the reply.</summary>
    public (string Thoughts, string Text) Finish() => Read("", isEnd: true);

    private (string Thoughts, string Text) Read(string text, bool isEnd)
    {
        _pending += text;
        string thoughts = "";
        string answer = "";
        State state;
        do
        {
            state = _state;
            switch (state)
            {
                case State.BeforeThoughts:
                    Expect(format.Open, State.BeforeFirstThought, State.InAnswer, isEnd, keepsSpace: true);
                    if (format.AnswerOpen.Length > 0 && _state != State.BeforeFirstThought)
                    {
                        // A model that marks its answers does so without thoughts as well.
                        _state = State.BeforeThoughts;
                        Expect(format.AnswerOpen, State.InMarkedAnswer, IsBeginning(format.Open) && !isEnd ? State.BeforeThoughts : State.InAnswer, isEnd, keepsSpace: true);
                    }

                    break;
                case State.BeforeFirstThought:
                    SkipSpace(State.InThoughts);
                    break;
                case State.InThoughts:
                    thoughts += ReadUntil(format.Close, State.BeforeAnswer, isEnd);
                    break;
                case State.BeforeAnswer:
                    SkipSpace(State.BeforeAnswer);
                    Expect(format.AnswerOpen, State.InMarkedAnswer, State.InAnswer, isEnd, keepsSpace: false);
                    break;
                case State.InMarkedAnswer:
                    answer += ReadUntil(format.AnswerClose, State.InAnswer, isEnd);
                    break;
                default:
                    answer += _pending;
                    _pending = "";
                    break;
            }
        }
        while (state != _state);
        return (thoughts, answer);
    }

    private bool IsBeginning(string mark) => mark.StartsWith(_pending.TrimStart(), StringComparison.Ordinal);

    /// <summary>Drops white space, until something else has come.</summary>
    private void SkipSpace(State next)
    {
        _pending = _pending.TrimStart();
        _state = _pending.Length > 0 ? next : _state;
    }

    /// <summary>Goes one way if a mark stands here, another if something else does.</summary>
    private void Expect(string mark, State found, State missing, bool isEnd, bool keepsSpace)
    {
        string rest = _pending.TrimStart();
        if (mark.Length > 0 && rest.StartsWith(mark, StringComparison.Ordinal))
        {
            _pending = rest[mark.Length..];
            _state = found;
        }
        else if (isEnd || (rest.Length > 0 && !mark.StartsWith(rest, StringComparison.Ordinal)))
        {
            _pending = keepsSpace ? _pending : rest;
            _state = missing;
        }
    }

    /// <summary>The text up to a mark, without the white space before it, as far as it is certain.</summary>
    private string ReadUntil(string mark, State next, bool isEnd)
    {
        int at = _pending.IndexOf(mark, StringComparison.Ordinal);
        int held = at >= 0 || isEnd ? 0 : LengthOfPartial(mark);
        string certain = (at >= 0 ? _pending[..at] : _pending[..^held]).TrimEnd();
        if (at >= 0)
        {
            _pending = _pending[(at + mark.Length)..];
            _state = next;
        }
        else
        {
            _pending = isEnd ? "" : _pending[certain.Length..];
        }

        return certain;
    }

    /// <summary>The length of the longest end of the text that begins the mark but is not all of it.</summary>
    private int LengthOfPartial(string mark)
    {
        int length = Math.Min(mark.Length - 1, _pending.Length);
        while (!_pending.AsSpan(_pending.Length - length).SequenceEqual(mark.AsSpan(0, length)))
        {
            length--;
        }

        return length;
    }
}
