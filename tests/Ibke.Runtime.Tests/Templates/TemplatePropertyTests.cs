using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Tests.Templates;

/// <summary>The language's rules for values of any shape, against plain references. What expressions mean is in <see cref="PythonExpression"/>.</summary>
public sealed class TemplatePropertyTests
{
    private static readonly Gen<string> s_unicode = Gen.OneOf(
            Gen.Elements("\"", "\\", "\n", "\r\n", "\t", "\0", "\u2028", "é", "e\u0301", "你", "\U0001F600", "</s>", "'", "&"),
            Gen.Choose(0, 0x10FFFF).Where(Rune.IsValid).Select(codePoint => new Rune(codePoint).ToString()),
            Gen.Choose(' ', '~').Select(c => ((char)c).ToString()))
        .ListOf().Select(string.Concat);

    private static readonly Gen<string> s_ascii = Gen.Elements("aAbBzZ09 \t\n.,-_'\"<&".ToCharArray()).ArrayOf().Select(characters => new string(characters));

    private static readonly Gen<int[]> s_numbers = Gen.Choose(-9, 9).ArrayOf();

    /// <summary>Bounds of slices, near the ends and far beyond them; null where one is left out.</summary>
    private static readonly Gen<BigInteger?> s_bounds = Gen.Frequency(
        (6, Gen.Choose(-8, 8).Select(bound => (BigInteger?)bound)),
        (2, Gen.Constant((BigInteger?)null)),
        (1, Gen.Elements<BigInteger?>(int.MaxValue, int.MinValue, BigInteger.Pow(10, 30), -BigInteger.Pow(10, 30))));

    [Fact]
    public void Render_TextWithoutMarks_GivesTheTextWithoutItsLastNewline() => Holds(
        1000,
        s_unicode.Select(text => text.Replace("{", "", StringComparison.Ordinal)),
        text =>
        {
            string lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
            Assert.Equal(lines.EndsWith('\n') ? lines[..^1] : lines, Render(text));
        });

    [Fact]
    public void ToJson_AnyValue_ParsesBackEqual() => Holds(500, Json(3), text =>
    {
        JsonNode? value = JsonNode.Parse(text);
        string plain = Render("{{ x | tojson }}", ("x", value));

        Assert.True(JsonNode.DeepEquals(value, JsonNode.Parse(plain)), $"{text}\n{plain}");
        Assert.True(JsonNode.DeepEquals(value, JsonNode.Parse(Render("{{ x | tojson(indent=2) }}", ("x", value)))), text);
        Assert.Equal(plain, Render("{{ x | tojson }}", ("x", JsonNode.Parse(plain))));
    });

    [Fact]
    public void Slice_AnyBounds_TakesWhatPythonTakes() => Holds(1500, s_unicode.Zip(s_bounds.ArrayOf(3)), pair =>
    {
        (string text, BigInteger?[] bounds) = pair;
        string[] points = [.. text.EnumerateRunes().Select(rune => rune.ToString())];
        string slice = string.Join(':', bounds.Select(bound => bound?.ToString(CultureInfo.InvariantCulture)));
        (string, JsonNode?)[] variables = [("s", text), ("x", Array(points))];
        string template = "{{ s[" + slice + "] }}|{{ x[" + slice + "] | join }}";
        if (bounds[2] == 0)
        {
            Assert.Throws<TemplateException>(() => Render(template, variables));
            return;
        }

        string expected = string.Concat(Sliced(points, bounds[0], bounds[1], bounds[2] ?? 1));
        Assert.Equal($"{expected}|{expected}", Render(template, variables));
    });

    [Fact]
    public void Index_AnyNumber_CountsCodePointsFromEitherEnd() => Holds(1000, s_unicode.Zip(s_bounds.Where(bound => bound is not null)), pair =>
    {
        string[] points = [.. pair.Item1.EnumerateRunes().Select(rune => rune.ToString())];
        BigInteger at = pair.Item2!.Value < 0 ? points.Length + pair.Item2.Value : pair.Item2.Value;
        string expected = at >= 0 && at < points.Length ? points[(int)at] : "";

        Assert.Equal($"{expected}|{expected}", Render($"{{{{ s[{pair.Item2}] }}}}|{{{{ x[{pair.Item2}] }}}}", ("s", pair.Item1), ("x", Array(points))));
    });

    [Fact]
    public void Expression_AnyArithmeticAndComparison_GivesPythonsValue()
    {
        int values = 0;
        Holds(4000, PythonExpression.Any(4), expression =>
        {
            string template = "{{ " + expression.Text + " }}";
            object? expected = expression.Value();
            if (expected is null)
            {
                Assert.Throws<TemplateException>(() => Render(template));
            }
            else if (!expression.IsTooLarge)
            {
                values++;
                string actual = Render(template);
                Assert.True(PythonExpression.Prints(actual, expected), $"{template} gave {actual}, not {expected}");
            }
        });
        Assert.True(values > 2000, $"only {values} expressions had a value");
    }

    [Fact]
    public void For_AnyListAndFilter_CountsWhatPasses() => Holds(500, s_numbers.Zip(Gen.Choose(1, 4)), pair =>
    {
        (int[] numbers, int divisor) = pair;
        int[] kept = [.. numbers.Where(number => number % divisor == 0)];
        const string Template = """
            {%- for v in x if v % d == 0 -%}
            {{ loop.index }}/{{ loop.length }}{{ '<' if loop.first }}{{ '>' if loop.last }}={{ v }},{{ loop.revindex0 }}{{ '' if loop.last else ';' }}
            {%- else -%}
            none
            {%- endfor -%}
            """;
        string expected = kept.Length == 0 ? "none" : string.Join(';', kept.Select((number, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"{i + 1}/{kept.Length}{(i == 0 ? "<" : "")}{(i == kept.Length - 1 ? ">" : "")}={number},{kept.Length - 1 - i}")));

        Assert.Equal(expected, Render(Template, ("x", Array(numbers)), ("d", divisor)));
    });

    [Fact]
    public void StringFilters_AnyAscii_DoWhatDotNetDoes() => Holds(500, s_ascii.Zip(s_ascii.ArrayOf()), pair =>
    {
        (string s, string[] list) = pair;
        (string, JsonNode?)[] variables = [("s", s), ("x", Array(list))];

        Assert.Equal(s.ToUpperInvariant(), Render("{{ s | upper }}", variables));
        Assert.Equal(s.ToLowerInvariant(), Render("{{ s | lower }}", variables));
        Assert.Equal(s.Trim(), Render("{{ s | trim }}", variables));
        Assert.Equal(s.TrimEnd('a', ' '), Render("{{ s.rstrip('a ') }}", variables));
        Assert.Equal(s.Replace("a", "<b>", StringComparison.Ordinal), Render("{{ s | replace('a', '<b>') }}", variables));
        Assert.Equal($"{s.Length} {list.Length}", Render("{{ s | length }} {{ x | length }}", variables));
        Assert.Equal(string.Join(", ", list), Render("{{ x | join(', ') }}", variables));
        Assert.Equal(string.Join('+', s.Split('a')), Render("{{ s.split('a') | join('+') }}", variables));
        Assert.Equal(string.Concat(s.Reverse()), Render("{{ s | reverse }}", variables));
    });

    [Fact]
    public void Render_AnyGarbage_GivesTextOrATemplateException()
    {
        Gen<string> pieces = Gen.Elements(
            "{{", "}}", "{%", "%}", "{#", "#}", "-", "+", " ", " ", " ", "\n", "for", "in", "if", "else", "elif", "endif", "endfor", "set", "endset", "macro",
            "endmacro", "call", "filter", "endfilter", "raw", "endraw", "is", "not", "and", "or", "recursive", "loop", "namespace", "range", "x", "s", "n", "(", ")",
            "[", "]", "{", "}", ".", ",", ":", "|", "~", "=", "==", "<", "*", "**", "/", "//", "%", "'", "\"", "\\", "1", "0", "2.5", "1e9", "0x", "true", "none",
            "upper", "join", "tojson", "defined", "items", "first", "sort", "map", "format", "int", "round", "{{ x", "{% if x %}", "{% for a in x %}",
            "{{ s | ", "{% set n = ", "\0", "é", "\uD800");
        int texts = 0;
        Holds(10_000, pieces.ArrayOf().Select(string.Concat).Or(pieces.ArrayOf().Select(parts => "{{ " + string.Join(' ', parts.Take(5)) + " }}")), source =>
        {
            try
            {
                Assert.NotNull(Render(source, ("x", Array([3, 1, 2])), ("s", "text"), ("n", new JsonObject { ["x"] = "y" })));
                texts++;
            }
            catch (TemplateException failure)
            {
                Assert.NotEmpty(failure.Message);
            }
        });
        Assert.InRange(texts, 100, 9_900);
    }

    private static void Holds<T>(int times, Gen<T> values, Action<T> body) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(times).WithReplay(20_240_607, 4_711), Prop.ForAll(values.ToArbitrary(), body));

    private static string Render(string source, params (string Name, JsonNode? Value)[] variables) =>
        ChatTemplate.Parse(source).Render(variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value)));

    private static JsonArray Array<T>(IEnumerable<T> items) => new([.. items.Select(item => JsonValue.Create(item))]);

    /// <summary>Python's rule: bounds count from the end where they are negative, and are moved into the list; the step leads from one to the other.</summary>
    private static IEnumerable<string> Sliced(string[] items, BigInteger? from, BigInteger? to, BigInteger step)
    {
        BigInteger low = step > 0 ? 0 : -1;
        BigInteger high = step > 0 ? items.Length : items.Length - 1;
        BigInteger Inside(BigInteger bound) => BigInteger.Clamp(bound < 0 ? bound + items.Length : bound, low, high);
        BigInteger end = to is { } last ? Inside(last) : step > 0 ? high : low;
        for (BigInteger i = from is { } first ? Inside(first) : step > 0 ? low : high; step > 0 ? i < end : i > end; i += step)
        {
            yield return items[(int)i];
        }
    }

    private static Gen<string> Json(int depth)
    {
        Gen<string> text = s_unicode.Select(plain => JsonValue.Create(plain).ToJsonString());
        Gen<string> scalar = Gen.OneOf(
            text,
            Gen.Elements("null", "true", "false", "0", "-1", "0.0", "1e22", "1E-7", "123456789012345678901234567890", "1.7976931348623157e308", "5e-324"),
            Gen.Choose(int.MinValue, int.MaxValue).Select(number => number.ToString(CultureInfo.InvariantCulture)),
            Gen.Choose(int.MinValue, int.MaxValue).Zip(Gen.Choose(-300, 300)).Select(pair => (pair.Item1 / 7.0 * Math.Pow(10, pair.Item2))
                .ToString("R", CultureInfo.InvariantCulture)).Where(number => number.Contains('.', StringComparison.Ordinal)));
        return depth == 0 ? scalar : Gen.OneOf(
            scalar,
            Json(depth - 1).ArrayOf().Select(items => $"[{string.Join(',', items.Take(6))}]"),
            text.Zip(Json(depth - 1)).ArrayOf().Select(entries => $"{{{string.Join(',', entries.DistinctBy(e => JsonNode.Parse(e.Item1)!.GetValue<string>())
                .Take(6).Select(e => $"{e.Item1}:{e.Item2}"))}}}"));
    }
}
