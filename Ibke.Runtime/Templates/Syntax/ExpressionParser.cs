using System.Globalization;
using System.Numerics;
using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Templates.Syntax;

/// <summary>
/// Recursive descent over Jinja's expressions. From loose to tight: <c>if else</c>, <c>or</c>, <c>and</c>, <c>not</c>, comparisons,
/// <c>+ -</c>, <c>~</c>, <c>* / // %</c>, <c>**</c>, signs, access and calls, filters and tests.
/// </summary>
internal sealed partial class ExpressionParser(TokenReader tokens)
{
    private const int MaximumDepth = 100;

    private static readonly string[] _comparisons = ["==", "!=", "<", "<=", ">", ">="];
    private readonly Dictionary<string, int> _names = [];
    private int _depth;

    /// <summary>Above zero inside a branch: an unknown filter or test there fails only where it runs.</summary>
    public int ConditionalDepth { get; set; }

    /// <summary>How often a variable was named so far.</summary>
    public int CountOf(string name) => _names.GetValueOrDefault(name);

    /// <summary>An expression; with <paramref name="allowTuple"/> several with commas between make a tuple.</summary>
    public Expression Parse(bool allowTuple = false)
    {
        Expression first = ParseConditional();
        return allowTuple && tokens.Current.IsOperator(",") ? ParseTupleRest(first) : first;
    }

    /// <summary>An expression without <c>if</c> at its end, as the source of a loop is.</summary>
    public Expression ParseLoopSource()
    {
        Expression first = ParseOr();
        return tokens.Current.IsOperator(",") ? ParseTupleRest(first) : first;
    }

    private ListLiteral ParseTupleRest(Expression first)
    {
        List<Expression> items = [first];
        while (tokens.SkipOperator(","))
        {
            if (tokens.Current.Kind is TokenKind.PrintEnd or TokenKind.BlockEnd || tokens.Current.IsOperator(")"))
            {
                break;
            }

            items.Add(ParseConditional());
        }

        return new ListLiteral(first.Position, items, true);
    }

    private Expression ParseConditional()
    {
        if (++_depth > MaximumDepth)
        {
            throw tokens.Error($"expressions are nested deeper than {MaximumDepth}");
        }

        Expression value = ParseOr();
        while (tokens.Current.IsName("if"))
        {
            SourcePosition place = tokens.Next().Position;
            ConditionalDepth++;
            Expression condition = ParseOr();
            Expression? otherwise = tokens.SkipName("else") ? ParseConditional() : null;
            ConditionalDepth--;
            value = new Conditional(place, condition, value, otherwise);
        }

        _depth--;
        return value;
    }

    private Expression ParseOr()
    {
        Expression left = ParseAnd();
        while (tokens.Current.IsName("or"))
        {
            SourcePosition place = tokens.Next().Position;
            left = new Binary(place, "or", left, ParseAnd());
        }

        return left;
    }

    private Expression ParseAnd()
    {
        Expression left = ParseNot();
        while (tokens.Current.IsName("and"))
        {
            SourcePosition place = tokens.Next().Position;
            left = new Binary(place, "and", left, ParseNot());
        }

        return left;
    }

    private Expression ParseNot()
    {
        int count = 0;
        SourcePosition place = tokens.Position;
        while (tokens.SkipName("not"))
        {
            count++;
        }

        Expression operand = ParseComparison();
        for (; count > 0; count--)
        {
            operand = new Unary(place, "not", operand);
        }

        return operand;
    }

    private Expression ParseComparison()
    {
        SourcePosition place = tokens.Position;
        Expression first = ParseSum();
        List<(string, Expression)> rest = [];
        while (true)
        {
            if (tokens.Current.Kind == TokenKind.Operator && _comparisons.Contains(tokens.Current.Text))
            {
                string op = tokens.Next().Text;
                rest.Add((op, ParseSum()));
            }
            else if (tokens.SkipName("in"))
            {
                rest.Add(("in", ParseSum()));
            }
            else if (tokens.Current.IsName("not") && tokens.Peek().IsName("in"))
            {
                tokens.Next();
                tokens.Next();
                rest.Add(("not in", ParseSum()));
            }
            else
            {
                return rest.Count == 0 ? first : new Comparison(place, first, rest);
            }
        }
    }

    private Expression ParseSum() => ParseBinary(["+", "-"], ParseConcatenation);

    private Expression ParseConcatenation() => ParseBinary(["~"], ParseProduct);

    private Expression ParseProduct() => ParseBinary(["*", "/", "//", "%"], ParsePower);

    private Expression ParsePower() => ParseBinary(["**"], () => ParseSigned(true));

    private Expression ParseBinary(string[] operators, Func<Expression> parseOperand)
    {
        Expression left = parseOperand();
        while (tokens.Current.Kind == TokenKind.Operator && operators.Contains(tokens.Current.Text))
        {
            Token op = tokens.Next();
            left = new Binary(op.Position, op.Text, left, parseOperand());
        }

        return left;
    }

    private Expression ParseSigned(bool withFilters)
    {
        if (++_depth > MaximumDepth)
        {
            throw tokens.Error($"expressions are nested deeper than {MaximumDepth}");
        }

        SourcePosition place = tokens.Position;
        Expression value = tokens.SkipOperator("-") ? new Unary(place, "-", ParseSigned(false))
            : tokens.SkipOperator("+") ? new Unary(place, "+", ParseSigned(false))
            : ParsePrimary();
        value = ParsePostfix(value);
        _depth--;
        return withFilters ? ParseFiltersAndTests(value) : value;
    }

    private Expression ParsePrimary()
    {
        Token token = tokens.Next();
        switch (token.Kind)
        {
            case TokenKind.Name:
                return ParseName(token);
            case TokenKind.Text:
                string text = token.Text;
                while (tokens.Current.Kind == TokenKind.Text)
                {
                    text += tokens.Next().Text;
                }

                return new Constant(token.Position, text);
            case TokenKind.Integer:
                return new Constant(token.Position, IntegerOf(token));
            case TokenKind.Float:
                return new Constant(
                    token.Position, double.Parse(token.Text.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture));
            case TokenKind.Operator when token.Text == "(":
                return ParseParenthesis(token.Position);
            case TokenKind.Operator when token.Text == "[":
                return new ListLiteral(token.Position, ParseItems("]", () => Parse()), false);
            case TokenKind.Operator when token.Text == "{":
                return new DictionaryLiteral(token.Position, ParseItems("}", ParsePair));
            default:
                throw TokenReader.Error($"expected an expression, found '{token.Description}'", token.Position);
        }
    }

    private static BigInteger IntegerOf(Token token) => Numbers.TryParseLiteral(token.Text, out BigInteger value)
        ? value
        : throw TokenReader.Error($"'{token.Text}' is no number", token.Position);

    private Expression ParseName(Token token)
    {
        switch (token.Text)
        {
            case "true" or "True":
                return new Constant(token.Position, true);
            case "false" or "False":
                return new Constant(token.Position, false);
            case "none" or "None":
                return new Constant(token.Position, null);
            default:
                _names[token.Text] = CountOf(token.Text) + 1;
                return new Variable(token.Position, token.Text);
        }
    }

    private Expression ParseParenthesis(SourcePosition place)
    {
        if (tokens.SkipOperator(")"))
        {
            return new ListLiteral(place, [], true);
        }

        Expression inner = Parse(allowTuple: true);
        tokens.ExpectOperator(")");
        return inner;
    }

    private (Expression, Expression) ParsePair()
    {
        Expression key = Parse();
        tokens.ExpectOperator(":");
        return (key, Parse());
    }

    private List<T> ParseItems<T>(string close, Func<T> parseItem)
    {
        List<T> items = [];
        while (!tokens.SkipOperator(close))
        {
            items.Add(parseItem());
            ExpectCommaOr(close);
        }

        return items;
    }

    private void ExpectCommaOr(string close)
    {
        if (!tokens.SkipOperator(",") && !tokens.Current.IsOperator(close))
        {
            throw tokens.Unexpected($"',' or '{close}'");
        }
    }
}
