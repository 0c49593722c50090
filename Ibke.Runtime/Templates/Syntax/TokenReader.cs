namespace Ibke.Runtime.Templates.Syntax;

/// <summary>A place in a list of tokens, with what parsers ask of it.</summary>
internal sealed class TokenReader(IReadOnlyList<Token> tokens)
{
    private int _at;

    public Token Current => tokens[_at];

    public SourcePosition Position => Current.Position;

    public Token Peek(int ahead = 1) => tokens[Math.Min(_at + ahead, tokens.Count - 1)];

    public Token Next()
    {
        Token token = Current;
        _at = Math.Min(_at + 1, tokens.Count - 1);
        return token;
    }

    public bool SkipOperator(string op)
    {
        bool found = Current.IsOperator(op);
        _at += found ? 1 : 0;
        return found;
    }

    public bool SkipName(string name)
    {
        bool found = Current.IsName(name);
        _at += found ? 1 : 0;
        return found;
    }

    public void ExpectOperator(string op)
    {
        if (!SkipOperator(op))
        {
            throw Unexpected($"'{op}'");
        }
    }

    public void ExpectName(string name)
    {
        if (!SkipName(name))
        {
            throw Unexpected($"'{name}'");
        }
    }

    public string ExpectAnyName() => Current.Kind == TokenKind.Name ? Next().Text : throw Unexpected("a name");

    public void Expect(TokenKind kind)
    {
        if (Current.Kind != kind)
        {
            throw Unexpected(kind == TokenKind.BlockEnd ? "end of statement block" : "end of print statement");
        }

        Next();
    }

    public TemplateException Unexpected(string expected) => Error($"expected {expected}, found '{Current.Description}'");

    public TemplateException Error(string message) => Error(message, Position);

    public static TemplateException Error(string message, SourcePosition place) =>
        TemplateException.Syntax(message, place.Line, place.Column);
}
