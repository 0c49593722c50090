namespace Ibke.Runtime.Templates.Syntax;

/// <summary>
/// Cuts a template into tokens. White space around tags follows Jinja with <c>trim_blocks</c> and <c>lstrip_blocks</c> on: the newline after a
/// block tag or comment goes, so do blanks before one that is first in its line; <c>-</c> removes all white space on its side, <c>+</c> none.
/// </summary>
internal sealed partial class Lexer
{
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private readonly List<int> _lineStarts = [0];
    private int _at;
    private bool _atLineStart = true;

    private Lexer(string source)
    {
        string lines = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        _source = lines.EndsWith('\n') ? lines[..^1] : lines;
        for (int i = 0; i < _source.Length; i++)
        {
            if (_source[i] == '\n')
            {
                _lineStarts.Add(i + 1);
            }
        }
    }

    /// <summary>All tokens of a template, the last of kind <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="TemplateException">An unknown character, or a string, comment, tag or bracket that is not closed.</exception>
    public static IReadOnlyList<Token> Tokenize(string source)
    {
        Lexer lexer = new(source);
        while (lexer._at < lexer._source.Length)
        {
            lexer.ReadOutside();
        }

        lexer.Add(TokenKind.End, "", lexer._at);
        return lexer._tokens;
    }

    private void ReadOutside()
    {
        int tag = FindTag(_at);
        if (tag < 0)
        {
            AddData(_source[_at..]);
            _at = _source.Length;
            return;
        }

        char kind = _source[tag + 1];
        char sign = tag + 2 < _source.Length ? _source[tag + 2] : ' ';
        AddData(TrimBefore(_source[_at..tag], kind, sign));
        _at = tag + (sign is '-' or '+' && kind != '{' || sign == '-' ? 3 : 2);
        switch (kind)
        {
            case '#':
                SkipComment(tag);
                break;
            case '%' when IsRaw(_at):
                ReadRaw(tag);
                break;
            default:
                ReadTag(tag, kind == '{');
                break;
        }

        _atLineStart = _at > 0 && _source[_at - 1] == '\n';
    }

    private int FindTag(int from)
    {
        for (int i = _source.IndexOf('{', from); i >= 0 && i + 1 < _source.Length; i = _source.IndexOf('{', i + 1))
        {
            if (_source[i + 1] is '{' or '%' or '#')
            {
                return i;
            }
        }

        return -1;
    }

    private string TrimBefore(string text, char kind, char sign)
    {
        if (sign == '-')
        {
            return text.TrimEnd();
        }

        if (kind == '{' || sign == '+')
        {
            return text;
        }

        int line = text.LastIndexOf('\n') + 1;
        bool first = line > 0 || _atLineStart;
        return first && string.IsNullOrWhiteSpace(text[line..]) ? text[..line] : text;
    }

    private void SkipComment(int start)
    {
        int end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Error("the comment is not closed by #}", start);
        }

        CloseBlock(end);
    }

    private bool IsRaw(int at)
    {
        int word = SkipWhiteSpace(at);
        if (string.CompareOrdinal(_source, word, "raw", 0, 3) != 0)
        {
            return false;
        }

        int close = SkipWhiteSpace(word + 3);
        return close < _source.Length && _source[close] is '-' or '%' or '+';
    }

    private void ReadRaw(int start)
    {
        int close = _source.IndexOf("%}", _at, StringComparison.Ordinal);
        if (close < 0)
        {
            throw Error("the raw tag is not closed by %}", start);
        }

        bool trimAfter = _source[close - 1] == '-';
        int body = trimAfter ? SkipWhiteSpace(close + 2) : close + 2;
        for (int tag = _source.IndexOf("{%", body, StringComparison.Ordinal); tag >= 0; tag = _source.IndexOf("{%", tag + 2, StringComparison.Ordinal))
        {
            char sign = tag + 2 < _source.Length ? _source[tag + 2] : ' ';
            int word = SkipWhiteSpace(tag + (sign is '-' or '+' ? 3 : 2));
            int end = _source.IndexOf("%}", word, StringComparison.Ordinal);
            if (end < 0 || _source[word..end].TrimEnd('-', '+', ' ', '\t', '\n') != "endraw")
            {
                continue;
            }

            _atLineStart = false;
            AddData(TrimBefore(_source[body..tag], '%', sign));
            CloseBlock(end);
            return;
        }

        throw Error("the raw block is not closed by endraw", start);
    }

    /// <summary>Moves behind the two characters at <paramref name="end"/> and the white space that goes with them.</summary>
    private void CloseBlock(int end)
    {
        char sign = _source[end - 1];
        _at = end + 2;
        if (sign == '-')
        {
            _at = SkipWhiteSpace(_at);
        }
        else if (sign != '+' && _at < _source.Length && _source[_at] == '\n')
        {
            _at++;
        }
    }

    private void ReadTag(int start, bool print)
    {
        Add(print ? TokenKind.PrintBegin : TokenKind.BlockBegin, print ? "{{" : "{%", start);
        char closing = print ? '}' : '%';
        Stack<char> brackets = new();
        while (true)
        {
            _at = SkipWhiteSpace(_at);
            if (_at >= _source.Length)
            {
                throw Error(brackets.Count > 0 ? $"expected '{brackets.Peek()}'" : $"the tag is not closed by {closing}}}", start);
            }

            if (brackets.Count == 0 && TryCloseTag(closing, print))
            {
                return;
            }

            ReadToken(brackets);
        }
    }

    private bool TryCloseTag(char closing, bool print)
    {
        int at = _at;
        char sign = _source[at];
        if (sign == '-' || (sign == '+' && !print))
        {
            at++;
        }

        if (at + 1 >= _source.Length || _source[at] != closing || _source[at + 1] != '}')
        {
            return false;
        }

        Add(print ? TokenKind.PrintEnd : TokenKind.BlockEnd, $"{closing}}}", _at);
        if (!print)
        {
            CloseBlock(at);
        }
        else
        {
            _at = sign == '-' ? SkipWhiteSpace(at + 2) : at + 2;
        }

        return true;
    }

    private void ReadToken(Stack<char> brackets)
    {
        int start = _at;
        char c = _source[start];
        if (c is '\'' or '"')
        {
            ReadString(c);
        }
        else if (char.IsAsciiDigit(c))
        {
            ReadNumber();
        }
        else if (char.IsLetter(c) || c == '_')
        {
            while (_at < _source.Length && (char.IsLetterOrDigit(_source[_at]) || _source[_at] == '_'))
            {
                _at++;
            }

            Add(TokenKind.Name, _source[start.._at], start);
        }
        else
        {
            ReadOperator(c, brackets);
        }
    }

    private void ReadOperator(char c, Stack<char> brackets)
    {
        int start = _at;
        string pair = start + 1 < _source.Length ? _source.Substring(start, 2) : "";
        string op = pair is "==" or "!=" or "<=" or ">=" or "//" or "**" ? pair : c.ToString();
        if (!"+-*/%~()[]{}<>=.,:|;!".Contains(c, StringComparison.Ordinal) || op == "!")
        {
            throw Error($"unexpected character '{c}'", start);
        }

        if (c is '(' or '[' or '{')
        {
            brackets.Push(c == '(' ? ')' : c == '[' ? ']' : '}');
        }
        else if (c is ')' or ']' or '}' && (!brackets.TryPop(out char expected) || expected != c))
        {
            throw Error($"unexpected '{c}'", start);
        }

        _at += op.Length;
        Add(TokenKind.Operator, op, start);
    }

    private void SkipWhile(Func<char, bool> accepts)
    {
        while (_at < _source.Length && accepts(_source[_at]))
        {
            _at++;
        }
    }

    private int SkipWhiteSpace(int at)
    {
        while (at < _source.Length && char.IsWhiteSpace(_source[at]))
        {
            at++;
        }

        return at;
    }

    private void AddData(string text)
    {
        if (text.Length > 0)
        {
            _tokens.Add(new Token(TokenKind.Data, text, PositionOf(_at)));
        }
    }

    private void Add(TokenKind kind, string text, int at) => _tokens.Add(new Token(kind, text, PositionOf(at)));

    private SourcePosition PositionOf(int at)
    {
        int line = _lineStarts.BinarySearch(at);
        line = line < 0 ? ~line : line + 1;
        return new SourcePosition(line, at - _lineStarts[line - 1] + 1);
    }

    private TemplateException Error(string message, int at)
    {
        SourcePosition place = PositionOf(at);
        return TemplateException.Syntax(message, place.Line, place.Column);
    }
}
