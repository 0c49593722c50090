namespace Ibke.Runtime.Templates.Syntax;

/// <summary>An expression of a template.</summary>
internal abstract record Expression(SourcePosition Position);

/// <summary>A literal: None, a truth value, a number or a string.</summary>
internal sealed record Constant(SourcePosition Position, object? Value) : Expression(Position);

/// <summary>A variable by name.</summary>
internal sealed record Variable(SourcePosition Position, string Name) : Expression(Position);

/// <summary><c>[a, b]</c> or, as a tuple, <c>(a, b)</c>.</summary>
internal sealed record ListLiteral(SourcePosition Position, IReadOnlyList<Expression> Items, bool IsTuple) : Expression(Position);

/// <summary><c>{k: v}</c>.</summary>
internal sealed record DictionaryLiteral(SourcePosition Position, IReadOnlyList<(Expression Key, Expression Value)> Items) : Expression(Position);

/// <summary><c>-a</c>, <c>+a</c>, <c>not a</c>.</summary>
internal sealed record Unary(SourcePosition Position, string Operator, Expression Operand) : Expression(Position);

/// <summary>Arithmetic, <c>~</c>, <c>and</c>, <c>or</c>.</summary>
internal sealed record Binary(SourcePosition Position, string Operator, Expression Left, Expression Right) : Expression(Position);

/// <summary>A chain of comparisons: <c>a &lt; b in c</c>.</summary>
internal sealed record Comparison(SourcePosition Position, Expression First, IReadOnlyList<(string Operator, Expression Operand)> Rest)
    : Expression(Position);

/// <summary><c>a if b else c</c>; without <c>else</c> undefined.</summary>
internal sealed record Conditional(SourcePosition Position, Expression Condition, Expression WhenTrue, Expression? WhenFalse)
    : Expression(Position);

/// <summary><c>a.name</c>.</summary>
internal sealed record AttributeAccess(SourcePosition Position, Expression Target, string Name) : Expression(Position);

/// <summary><c>a[i]</c>.</summary>
internal sealed record ItemAccess(SourcePosition Position, Expression Target, Expression Index) : Expression(Position);

/// <summary><c>a[from:to:step]</c>.</summary>
internal sealed record SliceAccess(SourcePosition Position, Expression Target, Expression? From, Expression? To, Expression? Step)
    : Expression(Position);

/// <summary>Arguments of a call; those of <c>*</c> and <c>**</c> follow the written ones.</summary>
internal sealed record ArgumentList(
    IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named, Expression? Spread, Expression? NamedSpread)
{
    public static ArgumentList None { get; } = new([], [], null, null);
}

/// <summary><c>f(a, b=c)</c>.</summary>
internal sealed record Call(SourcePosition Position, Expression Target, ArgumentList Arguments) : Expression(Position);

/// <summary><c>a | name(b)</c>.</summary>
internal sealed record FilterCall(SourcePosition Position, Expression Target, string Name, ArgumentList Arguments) : Expression(Position);

/// <summary><c>a is [not] name(b)</c>.</summary>
internal sealed record TestCall(SourcePosition Position, Expression Target, string Name, ArgumentList Arguments, bool IsNegated)
    : Expression(Position);
