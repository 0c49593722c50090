namespace Ibke.Runtime.Templates.Syntax;

/// <summary>The kinds of token a template is made of.</summary>
internal enum TokenKind
{
    /// <summary>Text outside tags.</summary>
    Data,

    /// <summary><c>{{</c></summary>
    PrintBegin,

    /// <summary><c>}}</c></summary>
    PrintEnd,

    /// <summary><c>{%</c></summary>
    BlockBegin,

    /// <summary><c>%}</c></summary>
    BlockEnd,

    /// <summary>An identifier or keyword.</summary>
    Name,

    /// <summary>A string, its escapes resolved.</summary>
    Text,

    /// <summary>An integer.</summary>
    Integer,

    /// <summary>A number with a point or an exponent.</summary>
    Float,

    /// <summary>An operator or a bracket.</summary>
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}

/// <summary>A place in a template, both from 1.</summary>
internal readonly record struct SourcePosition(int Line, int Column);

/// <summary>A token; <see cref="Text"/> is its meaning (a string without quotes, a number as written).</summary>
internal readonly record struct Token(TokenKind Kind, string Text, SourcePosition Position)
{
    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    public bool IsOperator(string op) => Kind == TokenKind.Operator && Text == op;

    /// <summary>The token as an error message names it.</summary>
    public string Description => Kind switch
    {
        TokenKind.PrintEnd => "end of print statement",
        TokenKind.BlockEnd => "end of statement block",
        TokenKind.End => "end of template",
        _ => Text,
    };
}
