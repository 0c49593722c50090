namespace Ibke.Runtime.Templates.Syntax;

/// <summary>Reads the statements of a template.</summary>
internal sealed class StatementParser
{
    private const int MaximumDepth = 100;

    private readonly TokenReader _tokens;
    private readonly ExpressionParser _expressions;
    private int _depth;
    private int _loops;

    private StatementParser(TokenReader tokens)
    {
        _tokens = tokens;
        _expressions = new ExpressionParser(tokens);
    }

    /// <summary>The statements of a whole template.</summary>
    /// <exception cref="TemplateException">The template breaks the language's rules; the message has line and column.</exception>
    public static IReadOnlyList<Statement> Parse(string source)
    {
        TokenReader tokens = new(Lexer.Tokenize(source));
        return new StatementParser(tokens).ParseBody([], null);
    }

    /// <summary>Statements up to one of the given tags, which is read; the tag's own end is left to the caller.</summary>
    private List<Statement> ParseBody(string[] ends, Token? opening)
    {
        CheckDepth(++_depth);
        List<Statement> body = [];
        while (_tokens.Current.Kind != TokenKind.End)
        {
            Token token = _tokens.Next();
            if (token.Kind == TokenKind.Data)
            {
                body.Add(new TextOutput(token.Position, token.Text));
            }
            else if (token.Kind == TokenKind.PrintBegin)
            {
                body.Add(new Print(_tokens.Position, _expressions.Parse(allowTuple: true)));
                _tokens.Expect(TokenKind.PrintEnd);
            }
            else if (ends.Contains(_tokens.Current.Text))
            {
                _depth--;
                return body;
            }
            else
            {
                body.Add(ParseStatement());
                _tokens.Expect(TokenKind.BlockEnd);
            }
        }

        _depth--;
        return opening is null
            ? body
            : throw TokenReader.Error($"the block '{opening.Value.Text}' is not closed by {string.Join(" or ", ends)}", opening.Value.Position);
    }

    private void CheckDepth(int depth)
    {
        if (depth > MaximumDepth)
        {
            throw _tokens.Error($"blocks are nested deeper than {MaximumDepth}");
        }
    }

    private Statement ParseStatement()
    {
        Token tag = _tokens.Next();
        return tag.Text switch
        {
            "if" => ParseIf(tag),
            "for" => ParseFor(tag),
            "set" => ParseSet(tag),
            "macro" => ParseMacro(tag),
            "call" => ParseCall(tag),
            "filter" => new FilterBlock(tag.Position, _expressions.ParseFilterChain(true), ParseClosedBody(tag, "endfilter")),
            "with" => ParseWith(tag),
            "generation" => new Block(tag.Position, ParseClosedBody(tag, "endgeneration")),
            "break" => new Break(RequireLoop(tag)),
            "continue" => new Continue(RequireLoop(tag)),
            _ => throw TokenReader.Error($"unknown tag '{tag.Description}'", tag.Position),
        };
    }

    private SourcePosition RequireLoop(Token tag) =>
        _loops > 0 ? tag.Position : throw TokenReader.Error($"'{tag.Text}' outside a loop", tag.Position);

    private List<Statement> ParseClosedBody(Token tag, string end)
    {
        _tokens.Expect(TokenKind.BlockEnd);
        List<Statement> body = ParseBody([end], tag);
        _tokens.ExpectName(end);
        return body;
    }

    private If ParseIf(Token tag)
    {
        List<(Expression, IReadOnlyList<Statement>)> branches = [];
        IReadOnlyList<Statement> otherwise = [];
        _expressions.ConditionalDepth++;
        do
        {
            Expression condition = _expressions.Parse(allowTuple: true);
            _tokens.Expect(TokenKind.BlockEnd);
            branches.Add((condition, ParseBody(["elif", "else", "endif"], tag)));
        }
        while (_tokens.SkipName("elif"));

        if (_tokens.SkipName("else"))
        {
            _tokens.Expect(TokenKind.BlockEnd);
            otherwise = ParseBody(["endif"], tag);
        }

        _tokens.ExpectName("endif");
        _expressions.ConditionalDepth--;
        return new If(tag.Position, branches, otherwise);
    }

    private For ParseFor(Token tag)
    {
        AssignmentTarget target = ParseTarget(withAttributes: false);
        _tokens.ExpectName("in");
        Expression source = _expressions.ParseLoopSource();
        Expression? filter = _tokens.SkipName("if") ? _expressions.Parse() : null;
        bool recursive = _tokens.SkipName("recursive");
        _tokens.Expect(TokenKind.BlockEnd);
        _loops++;
        List<Statement> body = ParseBody(["else", "endfor"], tag);
        _loops--;
        IReadOnlyList<Statement> otherwise = [];
        if (_tokens.SkipName("else"))
        {
            _tokens.Expect(TokenKind.BlockEnd);
            otherwise = ParseBody(["endfor"], tag);
        }

        _tokens.ExpectName("endfor");
        return new For(tag.Position, target, source, filter, recursive, body, otherwise);
    }

    private Statement ParseSet(Token tag)
    {
        AssignmentTarget target = ParseTarget(withAttributes: true);
        if (_tokens.SkipOperator("="))
        {
            return new Set(tag.Position, target, _expressions.Parse(allowTuple: true));
        }

        IReadOnlyList<(string, ArgumentList)> filters = _expressions.ParseFilterChain(false);
        return new SetBlock(tag.Position, target, filters, ParseClosedBody(tag, "endset"));
    }

    private MacroDefinition ParseMacro(Token tag)
    {
        string name = _tokens.ExpectAnyName();
        return new MacroDefinition(tag.Position, name, ParseFunction(tag, ParseParameters(), "endmacro"));
    }

    private CallBlock ParseCall(Token tag)
    {
        List<Parameter> parameters = _tokens.Current.IsOperator("(") ? ParseParameters() : [];
        Call target = _expressions.Parse() as Call ?? throw TokenReader.Error("'call' needs a call of a macro", tag.Position);
        return new CallBlock(tag.Position, target, ParseFunction(tag, parameters, "endcall"));
    }

    /// <summary>A body that a loop around it does not reach into.</summary>
    private FunctionBody ParseFunction(Token tag, List<Parameter> parameters, string end)
    {
        int loops = _loops;
        (int positional, int named) = (_expressions.CountOf("varargs"), _expressions.CountOf("kwargs"));
        _loops = 0;
        List<Statement> body = ParseClosedBody(tag, end);
        _loops = loops;
        return new FunctionBody(parameters, body, _expressions.CountOf("varargs") > positional, _expressions.CountOf("kwargs") > named);
    }

    private List<Parameter> ParseParameters()
    {
        List<Parameter> parameters = [];
        _tokens.ExpectOperator("(");
        while (!_tokens.SkipOperator(")"))
        {
            string name = _tokens.ExpectAnyName();
            Expression? value = _tokens.SkipOperator("=") ? _expressions.Parse() : null;
            if (value is null && parameters.Count > 0 && parameters[^1].Default is not null)
            {
                throw _tokens.Error("a parameter without a default follows one with a default");
            }

            parameters.Add(new Parameter(name, value));
            if (!_tokens.SkipOperator(",") && !_tokens.Current.IsOperator(")"))
            {
                throw _tokens.Unexpected("',' or ')'");
            }
        }

        return parameters;
    }

    private With ParseWith(Token tag)
    {
        List<(AssignmentTarget, Expression)> assignments = [];
        while (_tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (assignments.Count > 0)
            {
                _tokens.ExpectOperator(",");
            }

            AssignmentTarget target = ParseSingleTarget(false);
            _tokens.ExpectOperator("=");
            assignments.Add((target, _expressions.Parse()));
        }

        return new With(tag.Position, assignments, ParseClosedBody(tag, "endwith"));
    }

    private AssignmentTarget ParseTarget(bool withAttributes)
    {
        SourcePosition place = _tokens.Position;
        AssignmentTarget first = ParseSingleTarget(withAttributes);
        if (!_tokens.Current.IsOperator(","))
        {
            return first;
        }

        List<AssignmentTarget> items = [first];
        while (_tokens.SkipOperator(",") && (_tokens.Current.Kind == TokenKind.Name || _tokens.Current.IsOperator("(")) && !_tokens.Current.IsName("in"))
        {
            items.Add(ParseSingleTarget(withAttributes));
        }

        return new TupleTarget(place, items);
    }

    private AssignmentTarget ParseSingleTarget(bool withAttributes)
    {
        SourcePosition place = _tokens.Position;
        if (_tokens.SkipOperator("("))
        {
            CheckDepth(++_depth);
            AssignmentTarget inner = ParseTarget(withAttributes);
            _tokens.ExpectOperator(")");
            _depth--;
            return inner;
        }

        string name = _tokens.ExpectAnyName();
        return withAttributes && _tokens.SkipOperator(".")
            ? new AttributeTarget(place, name, _tokens.ExpectAnyName())
            : new NameTarget(place, name);
    }
}
