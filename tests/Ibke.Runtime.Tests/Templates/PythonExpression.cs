using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace Ibke.Runtime.Tests.Templates;

/// <summary>An expression over numbers: its text, with parentheses where its shape needs them, and its value by Python's rules.</summary>
internal sealed record PythonExpression(string Operator, object? Literal, PythonExpression[] Operands, bool HasParentheses)
{
    private static readonly BigInteger s_exactInDouble = BigInteger.One << 53;

    private static readonly Gen<PythonExpression> s_literals = Gen.OneOf(
            Gen.Choose(0, 20).Select(number => (object)(BigInteger)number),
            Gen.Choose(0, 100_000).Select(number => (object)(BigInteger)number),
            Gen.Choose(0, 80).Select(number => (object)(number / 8.0)),
            Gen.Choose(0, 10_000).Select(number => (object)(number / 100.0)),
            Gen.Elements<object>(true, false))
        .Select(value => new PythonExpression("", value, [], false));

    /// <summary>Whether a float met an integer it cannot hold, or grew beyond all floats: there Python's rules are more than arithmetic.</summary>
    public bool IsTooLarge { get; private set; }

    public string Text => HasParentheses ? $"({Inner})" : Inner;

    private string Inner => Operands.Length switch
    {
        0 => Literal switch { bool truth => truth ? "true" : "false", double real => real.ToString("0.0###", CultureInfo.InvariantCulture), _ => $"{Literal}" },
        1 => $"{Operator}{OperandText(0)}",
        _ => $"{OperandText(0)} {Operator} {OperandText(1)}",
    };

    private int Binding => Operands.Length == 0 || HasParentheses ? 6 : OperatorBinding;

    private int OperatorBinding => Operands.Length == 1 ? 5 : Operator switch
    {
        "**" => 4,
        "*" or "/" or "//" or "%" => 3,
        "+" or "-" => 2,
        _ => 1,
    };

    public static Gen<PythonExpression> Any(int depth) => depth == 0 ? s_literals : Gen.Frequency(
        (1, s_literals),
        (1, Any(depth - 1).Zip(Gen.Elements("-", "+")).Select(pair => new PythonExpression(pair.Item2, null, [pair.Item1], false))),
        (1, Any(depth - 1).Zip(Gen.Choose(0, 3)).Select(pair =>
            new PythonExpression("**", null, [pair.Item1, new PythonExpression("", (BigInteger)pair.Item2, [], false)], false))),
        (7, Any(depth - 1).Zip(Any(depth - 1)).Zip(Gen.Elements("+", "-", "*", "/", "//", "%", "//", "%", "<", "<=", ">", ">=", "==", "!=").Zip(Gen.Choose(0, 4)))
            .Select(parts => new PythonExpression(parts.Item2.Item1, null, [parts.Item1.Item1, parts.Item1.Item2], parts.Item2.Item2 == 0))));

    /// <summary>An integer, a double or a bool; null where a divisor is zero.</summary>
    public object? Value()
    {
        if (Operands.Length == 0)
        {
            return Literal;
        }

        object?[] values = [.. Operands.Select(operand => operand.Value())];
        IsTooLarge = Operands.Any(operand => operand.IsTooLarge);
        if (values.Contains(null))
        {
            return null;
        }

        object[] numbers = [.. values.Select(value => value is bool truth ? truth ? BigInteger.One : BigInteger.Zero : value!)];
        object? result = numbers switch
        {
            [BigInteger only] => Operator == "-" ? -only : only,
            [BigInteger a, BigInteger b] when Operator != "/" => OfIntegers(a, b),
            _ => OfFloats([.. numbers.Select(AsDouble)]),
        };
        IsTooLarge |= result is double real && !double.IsFinite(real);
        return result;
    }

    public static bool Prints(string text, object expected) => expected switch
    {
        bool truth => text == (truth ? "True" : "False"),
        double real => text.AsSpan().IndexOfAny(".e") > 0
            && BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)) == BitConverter.DoubleToInt64Bits(real),
        _ => text == $"{expected}",
    };

    /// <summary>What binds less than the operator is put in parentheses, and so is what binds alike on its right.</summary>
    private string OperandText(int index)
    {
        PythonExpression operand = Operands[index];
        int least = OperatorBinding + (Operands.Length == 2 && (index == 1 || OperatorBinding == 1) ? 1 : 0);
        return operand.Binding < least ? $"({operand.Text})" : operand.Text;
    }

    private double AsDouble(object number)
    {
        IsTooLarge |= number is BigInteger large && BigInteger.Abs(large) > s_exactInDouble;
        return number is BigInteger integer ? (double)integer : (double)number;
    }

    private object? OfIntegers(BigInteger a, BigInteger b) => Operator switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "**" => BigInteger.Pow(a, (int)b),
        "//" => b.IsZero ? null : (a - Remainder(a, b)) / b,
        "%" => b.IsZero ? null : Remainder(a, b),
        _ => Compared(a.CompareTo(b)),
    };

    private object? OfFloats(double[] x) => (Operator, x) switch
    {
        ("-", [double only]) => -only,
        ("+", [double only]) => only,
        ("+", _) => x[0] + x[1],
        ("-", _) => x[0] - x[1],
        ("*", _) => x[0] * x[1],
        ("**", _) => Math.Pow(x[0], x[1]),
        ("/", _) => x[1] == 0 ? null : x[0] / x[1],
        ("//", _) => x[1] == 0 ? null : FloorDivided(x[0], x[1]),
        ("%", _) => x[1] == 0 ? null : Remainder(x[0], x[1]),
        _ => Compared(x[0].CompareTo(x[1])),
    };

    private bool Compared(int order) => Operator switch
    {
        "<" => order < 0,
        "<=" => order <= 0,
        ">" => order > 0,
        ">=" => order >= 0,
        "==" => order == 0,
        _ => order != 0,
    };

    private static BigInteger Remainder(BigInteger a, BigInteger b) => ((a % b) + b) % b;

    private static double Remainder(double a, double b)
    {
        double rest = a % b;
        return rest == 0 ? Math.CopySign(0, b) : rest < 0 == b < 0 ? rest : rest + b;
    }

    /// <summary>The whole number below the exact quotient: the exact remainder is taken off before dividing, and one more where signs differ.</summary>
    private static double FloorDivided(double a, double b)
    {
        double rest = a % b;
        double quotient = ((a - rest) / b) - (rest != 0 && rest < 0 != b < 0 ? 1 : 0);
        return quotient == 0 ? Math.CopySign(0, a / b) : Math.Floor(quotient) + (quotient - Math.Floor(quotient) > 0.5 ? 1 : 0);
    }
}
