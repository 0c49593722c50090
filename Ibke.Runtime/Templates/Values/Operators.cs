using System.Numerics;

namespace Ibke.Runtime.Templates.Values;

/// <summary>Arithmetic and comparison, as Python defines them for the template language's values.</summary>
internal static class Operators
{
    private const int MaximumBits = 1 << 16;

    public static object? Arithmetic(string op, object? left, object? right, RenderBudget budget)
    {
        RequireDefined(left);
        RequireDefined(right);
        return (op, left, right) switch
        {
            (_, SafeText, _) or ("+", string, SafeText) or ("*", _, SafeText) => OfSafe(op, left, right, budget),
            ("+", string a, string b) => Concatenate(a, b, budget),
            (_, TemplateList { RangeText: not null }, _) or (_, not string, TemplateList { RangeText: not null }) =>
                throw new TemplateException($"'{op}' does not work on {ValueKinds.NameOf(left)} and {ValueKinds.NameOf(right)}"),
            ("+", TemplateList a, TemplateList b) when a.IsTuple == b.IsTuple => Concatenate(a, b, budget),
            ("*", string a, BigInteger or bool) => Repeat(a, right, budget),
            ("*", BigInteger or bool, string b) => Repeat(b, left, budget),
            ("*", TemplateList a, BigInteger or bool) => Repeat(a, right, budget),
            ("*", BigInteger or bool, TemplateList b) => Repeat(b, left, budget),
            ("%", string a, _) => StringFormat.Percent(a, right, budget),
            _ when ValueKinds.IsNumber(left) && ValueKinds.IsNumber(right) => Numeric(op, Numbers.Normalize(left), Numbers.Normalize(right), budget),
            _ => throw new TemplateException($"'{op}' does not work on {ValueKinds.NameOf(left)} and {ValueKinds.NameOf(right)}"),
        };
    }

    /// <summary>The <c>~</c> operator: both printed, one behind the other.</summary>
    public static string Join(object? left, object? right, RenderBudget budget) =>
        Concatenate(PythonText.Of(left, budget), PythonText.Of(right, budget), budget);

    public static object Negate(object? value) => Numbers.Normalize(value) is BigInteger integer ? -integer : -(double)Numbers.Normalize(value);

    public static bool Compare(string op, object? left, object? right, RenderBudget budget) => op switch
    {
        "==" => AreEqual(left, right, budget),
        "!=" => !AreEqual(left, right, budget),
        "in" => Contains(right, left, budget),
        "not in" => !Contains(right, left, budget),
        "<" => Order(left, right, budget) < 0,
        "<=" => Order(left, right, budget) <= 0,
        ">" => Order(left, right, budget) > 0,
        _ => Order(left, right, budget) >= 0,
    };

    public static bool AreEqual(object? left, object? right, RenderBudget budget)
    {
        budget.Charge(1);
        (left, right) = (SafeText.Unmark(left), SafeText.Unmark(right));
        switch (left, right)
        {
            case (null, null) or (Undefined, Undefined):
                return true;
            case (string a, string b):
                budget.Charge(a.Length == b.Length ? a.Length / 16 : 0);
                return a == b;
            case (TemplateList a, TemplateList b):
                return AreEqual(a, b, budget);
            case (TemplateDictionary a, TemplateDictionary b):
                return AreEqual(a, b, budget);
            default:
                return ValueKinds.IsNumber(left) && ValueKinds.IsNumber(right)
                    ? CompareNumbers(left, right) == 0
                    : ReferenceEquals(left, right);
        }
    }

    /// <summary>Below, at or above zero as left is before, beside or after right.</summary>
    /// <exception cref="TemplateException">The two have no order.</exception>
    public static int Order(object? left, object? right, RenderBudget budget)
    {
        RequireDefined(left);
        RequireDefined(right);
        budget.Charge(1);
        (left, right) = (SafeText.Unmark(left), SafeText.Unmark(right));
        if (ValueKinds.IsNumber(left) && ValueKinds.IsNumber(right))
        {
            return CompareNumbers(left, right) ?? 1;
        }

        if (left is string a && right is string b)
        {
            budget.Charge(Math.Min(a.Length, b.Length) / 16);
            return CompareCodePoints(a, b);
        }

        if (left is TemplateList first && right is TemplateList second && first.IsTuple == second.IsTuple && (first.RangeText ?? second.RangeText) is null)
        {
            for (int i = 0; i < Math.Min(first.Count, second.Count); i++)
            {
                if (!AreEqual(first.Items[i], second.Items[i], budget))
                {
                    return Order(first.Items[i], second.Items[i], budget);
                }
            }

            return first.Count.CompareTo(second.Count);
        }

        throw new TemplateException($"{ValueKinds.NameOf(left)} and {ValueKinds.NameOf(right)} have no order");
    }

    public static bool Contains(object? container, object? item, RenderBudget budget)
    {
        if (SafeText.Unmark(container) is string text)
        {
            string part = SafeText.Unmark(item) as string
                ?? throw new TemplateException($"only a string can be in a string, not a {ValueKinds.NameOf(item)}");
            budget.ChargeSearch(text, part);
            return text.Contains(part, StringComparison.Ordinal);
        }

        budget.ChargeReading(item);
        return container is TemplateDictionary { IsNamespace: false } dictionary
            ? dictionary.TryGet(item, out _)
            : ValueKinds.Enumerate(container).Any(member => AreEqual(member, item, budget));
    }

    public static void RequireDefined(object? value)
    {
        if (value is Undefined undefined)
        {
            throw undefined.Error();
        }
    }

    private static bool AreEqual(TemplateList left, TemplateList right, RenderBudget budget)
    {
        if (left.IsTuple != right.IsTuple || left.RangeText is null != right.RangeText is null || left.Count != right.Count)
        {
            return false;
        }

        budget.Enter();
        bool equal = left.Items.Zip(right.Items).All(pair => AreEqual(pair.First, pair.Second, budget));
        budget.Leave();
        return equal;
    }

    private static bool AreEqual(TemplateDictionary left, TemplateDictionary right, RenderBudget budget)
    {
        if (left.IsNamespace || right.IsNamespace || left.Count != right.Count)
        {
            return ReferenceEquals(left, right);
        }

        budget.Enter();
        bool equal = left.Entries.All(entry => right.TryGet(entry.Key, out object? other) && AreEqual(entry.Value, other, budget));
        budget.Leave();
        return equal;
    }

    /// <summary>Adding to a marked text, repeating it and filling it give marked texts; what comes in is escaped.</summary>
    private static object? OfSafe(string op, object? left, object? right, RenderBudget budget)
    {
        object? result = op switch
        {
            "+" => Arithmetic(op, SafeText.Enter(left, budget), SafeText.Enter(right, budget), budget),
            "%" when right is TemplateList { IsTuple: true } values =>
                Arithmetic(op, SafeText.Unmark(left), new TemplateList([.. values.Items.Select(value => SafeText.Enter(value, budget))], true), budget),
            "%" => Arithmetic(op, SafeText.Unmark(left), SafeText.Enter(right, budget), budget),
            _ => Arithmetic(op, SafeText.Unmark(left), SafeText.Unmark(right), budget),
        };
        return result is string text ? new SafeText(text) : result;
    }

    private static string Concatenate(string left, string right, RenderBudget budget)
    {
        budget.ChargeText((long)left.Length + right.Length);
        return left + right;
    }

    private static TemplateList Concatenate(TemplateList left, TemplateList right, RenderBudget budget)
    {
        budget.Charge(left.Count + right.Count);
        return new TemplateList([.. left.Items, .. right.Items], left.IsTuple);
    }

    private static string Repeat(string text, object? times, RenderBudget budget)
    {
        int count = RepeatCount(text.Length, times, budget);
        budget.ChargeText((long)count * Math.Max(1, text.Length));
        return string.Concat(Enumerable.Repeat(text, count));
    }

    private static TemplateList Repeat(TemplateList list, object? times, RenderBudget budget)
    {
        int count = RepeatCount(list.Count, times, budget);
        budget.Charge((long)count * list.Count);
        return new TemplateList([.. Enumerable.Repeat(list.Items, count).SelectMany(static items => items)], list.IsTuple);
    }

    private static int RepeatCount(int length, object? times, RenderBudget budget)
    {
        BigInteger count = BigInteger.Max(0, (BigInteger)Numbers.Normalize(times));
        budget.CheckLength((long)BigInteger.Min(count * Math.Max(1, length), long.MaxValue));
        return (int)count;
    }

    private static object Numeric(string op, object left, object right, RenderBudget budget)
    {
        if (left is BigInteger a && right is BigInteger b && op != "/")
        {
            return NumericInteger(op, a, b, budget);
        }

        double x = Numbers.ToDouble(left);
        double y = Numbers.ToDouble(right);
        if ((double.IsInfinity(x) && left is BigInteger) || (double.IsInfinity(y) && right is BigInteger))
        {
            throw new TemplateException("the integer is too large for a float");
        }

        if (op is "/" or "//" or "%" && y == 0)
        {
            throw new TemplateException("division by zero");
        }

        return op switch
        {
            "+" => x + y,
            "-" => x - y,
            "*" => x * y,
            "/" => x / y,
            "//" => FloorDivide(x, y),
            "%" => Modulo(x, y),
            _ => Power(x, y),
        };
    }

    /// <summary>The remainder with the sign of the divisor.</summary>
    private static double Modulo(double left, double right)
    {
        double remainder = left % right;
        return remainder == 0 ? Math.CopySign(0, right) : (remainder < 0) != (right < 0) ? remainder + right : remainder;
    }

    /// <summary>The whole number at or below the quotient; zero keeps the quotient's sign.</summary>
    private static double FloorDivide(double left, double right)
    {
        double remainder = left % right;
        double quotient = (left - remainder) / right;
        quotient = Math.Round(remainder != 0 && remainder < 0 != right < 0 ? quotient - 1 : quotient);
        return quotient == 0 ? Math.CopySign(0, left / right) : quotient;
    }

    private static double Power(double left, double right)
    {
        double power = Math.Pow(left, right);
        return left == 0 && right < 0 ? throw new TemplateException("division by zero")
            : double.IsInfinity(power) && double.IsFinite(left) && double.IsFinite(right) ? throw new TemplateException("the power is too large for a float")
            : double.IsNaN(power) && double.IsFinite(left) && double.IsFinite(right) ? throw new TemplateException("the power is no real number")
            : power;
    }

    private static object NumericInteger(string op, BigInteger left, BigInteger right, RenderBudget budget)
    {
        if (op is "//" or "%" && right.IsZero)
        {
            throw new TemplateException("division by zero");
        }

        if (op == "**" && right < 0)
        {
            return Power((double)left, (double)right);
        }

        long bits = op == "**" ? (long)BigInteger.Min(long.MaxValue / 2, left.GetBitLength() * right) : left.GetBitLength() + right.GetBitLength();
        if (bits > MaximumBits && !(op == "**" && BigInteger.Abs(left) <= 1))
        {
            throw new TemplateException($"the template makes a number of more than {MaximumBits} bits");
        }

        budget.ChargeNumber(Math.Min(bits, MaximumBits));
        return op switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "//" => FloorDivide(left, right),
            "%" => left - (right * FloorDivide(left, right)),
            _ => BigInteger.Abs(left) <= 1 ? BigInteger.Pow(left, right.IsEven ? 2 * right.Sign : 1) : BigInteger.Pow(left, (int)right),
        };
    }

    private static BigInteger FloorDivide(BigInteger left, BigInteger right)
    {
        BigInteger quotient = BigInteger.DivRem(left, right, out BigInteger remainder);
        return !remainder.IsZero && remainder.Sign != right.Sign ? quotient - 1 : quotient;
    }

    /// <summary>The order of two numbers, or null where one is not a number.</summary>
    private static int? CompareNumbers(object? left, object? right)
    {
        if (Numbers.Normalize(left) is BigInteger a && Numbers.Normalize(right) is BigInteger b)
        {
            return a.CompareTo(b);
        }

        double x = Numbers.ToDouble(left);
        double y = Numbers.ToDouble(right);
        return double.IsNaN(x) || double.IsNaN(y) ? null : x.CompareTo(y);
    }

    /// <summary>Orders by code point; UTF-16 order differs for what lies above U+FFFF.</summary>
    private static int CompareCodePoints(string left, string right)
    {
        for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (left[i] != right[i])
            {
                bool leftHigh = char.IsSurrogate(left[i]);
                return leftHigh != char.IsSurrogate(right[i]) ? (leftHigh ? 1 : -1) : left[i].CompareTo(right[i]);
            }
        }

        return left.Length.CompareTo(right.Length);
    }
}
