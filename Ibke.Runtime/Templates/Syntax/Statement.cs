namespace Ibke.Runtime.Templates.Syntax;

/// <summary>A statement of a template, or text.</summary>
internal abstract record Statement(SourcePosition Position);

/// <summary>Text as it is.</summary>
internal sealed record TextOutput(SourcePosition Position, string Text) : Statement(Position);

/// <summary><c>{{ a }}</c>.</summary>
internal sealed record Print(SourcePosition Position, Expression Value) : Statement(Position);

/// <summary><c>if</c> with its <c>elif</c> branches and <c>else</c>.</summary>
internal sealed record If(
    SourcePosition Position, IReadOnlyList<(Expression Condition, IReadOnlyList<Statement> Body)> Branches, IReadOnlyList<Statement> Else)
    : Statement(Position);

/// <summary><c>for a, b in c if d</c>; <see cref="IsRecursive"/> makes <c>loop(x)</c> callable.</summary>
internal sealed record For(
    SourcePosition Position,
    AssignmentTarget Target,
    Expression Source,
    Expression? Filter,
    bool IsRecursive,
    IReadOnlyList<Statement> Body,
    IReadOnlyList<Statement> Else) : Statement(Position);

/// <summary><c>break</c>.</summary>
internal sealed record Break(SourcePosition Position) : Statement(Position);

/// <summary><c>continue</c>.</summary>
internal sealed record Continue(SourcePosition Position) : Statement(Position);

/// <summary>What is assigned to: a name, an attribute of a namespace, or several of them.</summary>
internal abstract record AssignmentTarget(SourcePosition Position);

/// <summary>A name.</summary>
internal sealed record NameTarget(SourcePosition Position, string Name) : AssignmentTarget(Position);

/// <summary><c>ns.name</c>.</summary>
internal sealed record AttributeTarget(SourcePosition Position, string Variable, string Attribute) : AssignmentTarget(Position);

/// <summary><c>a, b</c>.</summary>
internal sealed record TupleTarget(SourcePosition Position, IReadOnlyList<AssignmentTarget> Items) : AssignmentTarget(Position);

/// <summary><c>set a = b</c>.</summary>
internal sealed record Set(SourcePosition Position, AssignmentTarget Target, Expression Value) : Statement(Position);

/// <summary><c>set a | filter</c> … <c>endset</c>; the filters are applied in order.</summary>
internal sealed record SetBlock(
    SourcePosition Position, AssignmentTarget Target, IReadOnlyList<(string Name, ArgumentList Arguments)> Filters, IReadOnlyList<Statement> Body)
    : Statement(Position);

/// <summary><c>filter name</c> … <c>endfilter</c>.</summary>
internal sealed record FilterBlock(
    SourcePosition Position, IReadOnlyList<(string Name, ArgumentList Arguments)> Filters, IReadOnlyList<Statement> Body) : Statement(Position);

/// <summary><c>with a = b</c> … <c>endwith</c>.</summary>
internal sealed record With(
    SourcePosition Position, IReadOnlyList<(AssignmentTarget Target, Expression Value)> Assignments, IReadOnlyList<Statement> Body)
    : Statement(Position);

/// <summary>A parameter of a macro.</summary>
internal sealed record Parameter(string Name, Expression? Default);

/// <summary>What a macro or the body of a call takes and prints; arguments beyond the parameters are refused unless it names them.</summary>
internal sealed record FunctionBody(
    IReadOnlyList<Parameter> Parameters, IReadOnlyList<Statement> Statements, bool TakesMorePositional, bool TakesMoreNamed);

/// <summary><c>macro name(a, b=c)</c> … <c>endmacro</c>.</summary>
internal sealed record MacroDefinition(SourcePosition Position, string Name, FunctionBody Function) : Statement(Position);

/// <summary><c>call(a) f(b)</c> … <c>endcall</c>; the macro finds the body as <c>caller</c>.</summary>
internal sealed record CallBlock(SourcePosition Position, Call Target, FunctionBody Function) : Statement(Position);

/// <summary>Statements without a scope of their own, as <c>generation</c> … <c>endgeneration</c>.</summary>
internal sealed record Block(SourcePosition Position, IReadOnlyList<Statement> Body) : Statement(Position);
