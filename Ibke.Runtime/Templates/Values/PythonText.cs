using System.Globalization;
using System.Numerics;
using System.Text;

namespace Ibke.Runtime.Templates.Values;

/// <summary>How Python prints values: <c>str</c> and, inside lists and dictionaries, <c>repr</c>.</summary>
internal static class PythonText
{
    /// <summary>The text a <c>{{ print }}</c> gives; nothing for an undefined value.</summary>
    public static string Of(object? value, RenderBudget budget) => value switch
    {
        string text => text,
        SafeText safe => safe.Text,
        Undefined => "",
        _ => Represent(value, budget),
    };

    public static string Represent(object? value, RenderBudget budget)
    {
        StringBuilder text = new();
        Write(value, text, budget);
        return text.ToString();
    }

    private static void Write(object? value, StringBuilder text, RenderBudget budget)
    {
        budget.Enter();
        budget.Charge(1);
        switch (value)
        {
            case null:
                text.Append("None");
                break;
            case bool truth:
                text.Append(truth ? "True" : "False");
                break;
            case BigInteger number:
                budget.ChargeNumber(number.GetBitLength());
                text.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                text.Append(Numbers.Format(number));
                break;
            case string plain:
                WriteQuoted(plain, text);
                break;
            case SafeText safe:
                text.Append("Markup(");
                WriteQuoted(safe.Text, text);
                text.Append(')');
                break;
            case TemplateList { RangeText: { } range }:
                text.Append(range);
                break;
            case TemplateList list:
                text.Append(list.IsTuple ? '(' : '[');
                WriteItems(list.Items, text, budget);
                text.Append(list.IsTuple ? list.Count == 1 ? ",)" : ")" : "]");
                break;
            case TemplateDictionary dictionary:
                text.Append(dictionary.IsNamespace ? "<Namespace {" : "{");
                WriteEntries(dictionary, text, budget);
                text.Append(dictionary.IsNamespace ? "}>" : "}");
                break;
            case LazySequence { Count: not null } view:
                text.Append(view.TypeName).Append("([");
                WriteItems([.. view.Items], text, budget);
                text.Append("])");
                break;
            case Undefined:
                text.Append("Undefined");
                break;
            case TemplateFunction function:
                text.Append(function.Printed);
                break;
            case LazySequence sequence:
                text.Append('<').Append(sequence.TypeName).Append('>');
                break;
            default:
                text.Append(value);
                break;
        }

        budget.CheckLength(text.Length);
        budget.Leave();
    }

    private static void WriteItems(IReadOnlyList<object?> items, StringBuilder text, RenderBudget budget)
    {
        for (int i = 0; i < items.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            Write(items[i], text, budget);
        }
    }

    private static void WriteEntries(TemplateDictionary dictionary, StringBuilder text, RenderBudget budget)
    {
        for (int i = 0; i < dictionary.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            Write(dictionary.Keys[i], text, budget);
            text.Append(": ");
            Write(dictionary.Values[i], text, budget);
        }
    }

    private static void WriteQuoted(string plain, StringBuilder text)
    {
        char quote = plain.Contains('\'', StringComparison.Ordinal) && !plain.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        text.Append(quote);
        for (int i = 0; i < plain.Length; i += CodePoints.LengthAt(plain, i))
        {
            int length = CodePoints.LengthAt(plain, i);
            char c = plain[i];
            if (length == 2)
            {
                text.Append(plain, i, 2);
            }
            else if (c == quote || c == '\\')
            {
                text.Append('\\').Append(c);
            }
            else if (c is '\n' or '\r' or '\t')
            {
                text.Append('\\').Append(c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
            }
            else if (IsPrintable(c))
            {
                text.Append(c);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"{(c < 0x100 ? "\\x" : "\\u")}{((int)c).ToString(c < 0x100 ? "x2" : "x4", CultureInfo.InvariantCulture)}");
            }
        }

        text.Append(quote);
    }

    private static bool IsPrintable(char c) => c == ' ' || char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
