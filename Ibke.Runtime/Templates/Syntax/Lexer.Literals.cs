using System.Text;

namespace Ibke.Runtime.Templates.Syntax;

/// <content>Numbers and strings.</content>
internal sealed partial class Lexer
{
    private void ReadNumber()
    {
        int start = _at;
        bool afterDot = start > 0 && _source[start - 1] == '.';
        if (_source[start] == '0' && start + 1 < _source.Length && char.ToLowerInvariant(_source[start + 1]) is 'x' or 'b' or 'o')
        {
            _at += 2;
            SkipWhile(static c => char.IsAsciiHexDigit(c) || c == '_');
            Add(TokenKind.Integer, _source[start.._at], start);
            return;
        }

        bool real = false;
        SkipWhile(static c => char.IsAsciiDigit(c) || c == '_');
        if (!afterDot && _at + 1 < _source.Length && _source[_at] == '.' && char.IsAsciiDigit(_source[_at + 1]))
        {
            real = true;
            _at++;
            SkipWhile(static c => char.IsAsciiDigit(c) || c == '_');
        }

        int exponent = _at + 1 < _source.Length && _source[_at] is 'e' or 'E' ? _at + 1 : -1;
        if (exponent > 0 && !afterDot)
        {
            exponent += _source[exponent] is '+' or '-' ? 1 : 0;
            if (exponent < _source.Length && char.IsAsciiDigit(_source[exponent]))
            {
                real = true;
                _at = exponent;
                SkipWhile(static c => char.IsAsciiDigit(c) || c == '_');
            }
        }

        Add(real ? TokenKind.Float : TokenKind.Integer, _source[start.._at], start);
    }

    private void ReadString(char quote)
    {
        int start = _at++;
        StringBuilder text = new();
        while (_at < _source.Length && _source[_at] != quote)
        {
            if (_source[_at] == '\\' && _at + 1 < _source.Length)
            {
                _at = StringEscape.Read(_source, _at, text);
            }
            else
            {
                text.Append(_source[_at++]);
            }
        }

        if (_at >= _source.Length)
        {
            throw Error("the string is not closed", start);
        }

        _at++;
        Add(TokenKind.Text, text.ToString(), start);
    }
}
