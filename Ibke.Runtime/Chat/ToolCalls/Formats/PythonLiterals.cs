using System.Text;
using System.Text.Json.Nodes;

namespace Ibke.Runtime.Chat.ToolCalls.Formats;

/// <summary>Reads values as Python writes them, which for most also is how JSON does: texts, numbers, lists, dictionaries, True, False, None.</summary>
internal sealed class PythonLiterals
{
    private const int MaximumDepth = 64;

    private readonly string _text;
    private int _place;

    private PythonLiterals(string text) => _text = text;

    /// <summary>Reads one value.</summary>
    public static bool TryReadValue(string text, out JsonNode? value)
    {
        PythonLiterals reader = new(text);
        return reader.TryValue(0, out value) && reader.IsAtEnd();
    }

    /// <summary>Reads the arguments of a call, each with its name: <c>a="x", n=3</c>.</summary>
    public static bool TryReadArguments(string text, out JsonObject arguments)
    {
        PythonLiterals reader = new(text);
        arguments = [];
        while (!reader.IsAtEnd())
        {
            int start = reader._place;
            while (reader._place < text.Length && (char.IsLetterOrDigit(text[reader._place]) || text[reader._place] == '_'))
            {
                reader._place++;
            }

            string name = text[start..reader._place];
            if (name.Length == 0 || !reader.Takes('=') || !reader.TryValue(0, out JsonNode? value))
            {
                return false;
            }

            arguments[name] = value;
            if (!reader.Takes(',') && !reader.IsAtEnd())
            {
                return false;
            }
        }

        return true;
    }

    private bool IsAtEnd() => (_place = JsonExtent.SkipSpace(_text, _place)) == _text.Length;

    private bool Takes(char c)
    {
        bool isThere = !IsAtEnd() && _text[_place] == c;
        _place += isThere ? 1 : 0;
        return isThere;
    }

    private bool TryValue(int depth, out JsonNode? value)
    {
        value = null;
        if (IsAtEnd() || depth > MaximumDepth)
        {
            return false;
        }

        switch (_text[_place])
        {
            case '"' or '\'':
                bool isText = TryText(out string? text);
                value = text;
                return isText;
            case '[' or '(':
                return TryList(depth, _text[_place] == '[' ? ']' : ')', out value);
            case '{':
                return TryDictionary(depth, out value);
            default:
                return TryWord(out value);
        }
    }

    private bool TryList(int depth, char end, out JsonNode? value)
    {
        JsonArray list = [];
        value = list;
        _place++;
        while (!Takes(end))
        {
            if (!TryValue(depth + 1, out JsonNode? item))
            {
                return false;
            }

            list.Add(item);
            if (!Takes(',') && (IsAtEnd() || _text[_place] != end))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryDictionary(int depth, out JsonNode? value)
    {
        JsonObject map = [];
        value = map;
        _place++;
        while (!Takes('}'))
        {
            if (IsAtEnd() || !TryText(out string? key) || !Takes(':') || !TryValue(depth + 1, out JsonNode? item))
            {
                return false;
            }

            map[key!] = item;
            if (!Takes(',') && (IsAtEnd() || _text[_place] != '}'))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryWord(out JsonNode? value)
    {
        int start = _place;
        while (_place < _text.Length && (char.IsLetterOrDigit(_text[_place]) || _text[_place] is '.' or '-' or '+' or '_'))
        {
            _place++;
        }

        string word = _text[start.._place];
        value = null;
        switch (word)
        {
            case "True" or "true":
                value = true;
                return true;
            case "False" or "false":
                value = false;
                return true;
            case "None" or "null":
                return true;
            default:
                return IsNumber(word) && TryJson(word, out value);
        }
    }

    private static bool IsNumber(string word) => word.Length > 0 && (char.IsAsciiDigit(word[0]) || word[0] == '-');

    private static bool TryJson(string json, out JsonNode? value)
    {
        try
        {
            value = JsonNode.Parse(json);
            return true;
        }
        catch (System.Text.Json.JsonException)
        {
            value = null;
            return false;
        }
    }

    private bool TryText(out string? value)
    {
        char quote = _text[_place];
        value = null;
        if (quote is not ('"' or '\''))
        {
            return false;
        }

        StringBuilder text = new();
        for (_place++; _place < _text.Length; _place++)
        {
            char c = _text[_place];
            if (c == quote)
            {
                _place++;
                value = text.ToString();
                return true;
            }

            if (c == '\\' && _place + 1 < _text.Length)
            {
                AppendEscape(text);
            }
            else
            {
                text.Append(c);
            }
        }

        return false;
    }

    /// <summary>Appends what a backslash and the character behind it stand for; an escape that is none stays as it is written.</summary>
    private void AppendEscape(StringBuilder text)
    {
        char c = _text[++_place];
        int digits = c switch { 'u' => 4, 'x' => 2, _ => 0 };
        if (digits > 0 && _place + digits < _text.Length
            && int.TryParse(_text.AsSpan(_place + 1, digits), System.Globalization.NumberStyles.AllowHexSpecifier, null, out int code))
        {
            text.Append((char)code);
            _place += digits;
            return;
        }

        _ = c switch
        {
            'n' => text.Append('\n'),
            't' => text.Append('\t'),
            'r' => text.Append('\r'),
            '\\' or '\'' or '"' => text.Append(c),
            '\n' => text,
            _ => text.Append('\\').Append(c),
        };
    }
}
