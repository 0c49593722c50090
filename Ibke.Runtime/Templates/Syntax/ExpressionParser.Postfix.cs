using Ibke.Runtime.Templates.Library;

namespace Ibke.Runtime.Templates.Syntax;

/// <content>What may follow a value: attributes, subscripts, calls, filters and tests.</content>
internal sealed partial class ExpressionParser
{
    /// <summary>Filters after <c>|</c>, or, with <paramref name="first"/>, beginning with a name.</summary>
    public IReadOnlyList<(string Name, ArgumentList Arguments)> ParseFilterChain(bool first)
    {
        List<(string, ArgumentList)> filters = [];
        while (first || tokens.SkipOperator("|"))
        {
            first = false;
            filters.Add(ParseFilter());
        }

        return filters;
    }

    /// <summary>The arguments in parentheses.</summary>
    public ArgumentList ParseArguments()
    {
        tokens.ExpectOperator("(");
        List<Expression> positional = [];
        List<(string, Expression)> named = [];
        Expression? spread = null;
        Expression? namedSpread = null;
        while (!tokens.SkipOperator(")"))
        {
            if (tokens.SkipOperator("*"))
            {
                spread = Parse();
            }
            else if (tokens.SkipOperator("**"))
            {
                namedSpread = Parse();
            }
            else if (tokens.Current.Kind == TokenKind.Name && tokens.Peek().IsOperator("="))
            {
                string name = tokens.Next().Text;
                tokens.Next();
                named.Add((name, Parse()));
            }
            else if (named.Count > 0 || namedSpread is not null)
            {
                throw tokens.Error("an argument by position follows one by name");
            }
            else
            {
                positional.Add(Parse());
            }

            ExpectCommaOr(")");
        }

        return new ArgumentList(positional, named, spread, namedSpread);
    }

    private Expression ParsePostfix(Expression value)
    {
        while (tokens.Current.Kind == TokenKind.Operator)
        {
            SourcePosition place = tokens.Position;
            if (tokens.SkipOperator("."))
            {
                value = tokens.Current.Kind == TokenKind.Integer
                    ? new ItemAccess(place, value, new Constant(place, IntegerOf(tokens.Next())))
                    : new AttributeAccess(place, value, tokens.ExpectAnyName());
            }
            else if (tokens.SkipOperator("["))
            {
                value = ParseSubscript(value, place);
            }
            else if (tokens.Current.IsOperator("("))
            {
                value = new Call(place, value, ParseArguments());
            }
            else
            {
                break;
            }
        }

        return value;
    }

    private Expression ParseSubscript(Expression target, SourcePosition place)
    {
        Expression? from = tokens.Current.IsOperator(":") ? null : Parse(allowTuple: true);
        if (from is not null && tokens.SkipOperator("]"))
        {
            return new ItemAccess(place, target, from);
        }

        tokens.ExpectOperator(":");
        Expression? to = tokens.Current.IsOperator(":") || tokens.Current.IsOperator("]") ? null : Parse();
        Expression? step = tokens.SkipOperator(":") && !tokens.Current.IsOperator("]") ? Parse() : null;
        tokens.ExpectOperator("]");
        return new SliceAccess(place, target, from, to, step);
    }

    private Expression ParseFiltersAndTests(Expression value)
    {
        while (true)
        {
            SourcePosition place = tokens.Position;
            if (tokens.SkipOperator("|"))
            {
                (string name, ArgumentList arguments) = ParseFilter();
                value = new FilterCall(place, value, name, arguments);
            }
            else if (tokens.SkipName("is"))
            {
                value = ParseTest(value, place);
            }
            else if (tokens.Current.IsOperator("("))
            {
                value = new Call(place, value, ParseArguments());
            }
            else
            {
                return value;
            }
        }
    }

    private (string Name, ArgumentList Arguments) ParseFilter()
    {
        SourcePosition place = tokens.Position;
        string name = tokens.ExpectAnyName();
        if (ConditionalDepth == 0 && !FilterTable.Contains(name))
        {
            throw TokenReader.Error($"there is no filter named '{name}'", place);
        }

        return (name, tokens.Current.IsOperator("(") ? ParseArguments() : ArgumentList.None);
    }

    private TestCall ParseTest(Expression value, SourcePosition place)
    {
        bool negated = tokens.SkipName("not");
        string name = tokens.ExpectAnyName();
        if (ConditionalDepth == 0 && !TestTable.Contains(name))
        {
            throw TokenReader.Error($"there is no test named '{name}'", place);
        }

        ArgumentList arguments = ArgumentList.None;
        if (tokens.Current.IsOperator("("))
        {
            arguments = ParseArguments();
        }
        else if (BeginsBareArgument(tokens.Current))
        {
            arguments = new ArgumentList([ParsePostfix(ParsePrimary())], [], null, null);
        }

        return new TestCall(place, value, name, arguments, negated);
    }

    private static bool BeginsBareArgument(Token token) => token.Kind switch
    {
        TokenKind.Name => token.Text is not ("else" or "or" or "and" or "is" or "if" or "not" or "in"),
        TokenKind.Text or TokenKind.Integer or TokenKind.Float => true,
        TokenKind.Operator => token.Text is "[" or "{",
        _ => false,
    };
}
