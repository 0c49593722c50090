using System.Text.Json.Nodes;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Tests.Templates;

public class ChatTemplateTests
{
    private static readonly JsonArray _noMessages = [];

    [Theory]
    [InlineData("{{ a b }}", 1, 6)]
    [InlineData("x\n  {% unknown %}", 2, 6)]
    [InlineData("{% if a %}\n{{ 'b }}", 2, 4)]
    [InlineData("{{ a | nosuch }}", 1, 8)]
    [InlineData("a\nb {# c", 2, 3)]
    [InlineData("{% for a in b %}x", 1, 4)]
    [InlineData("{{ (1, [2) }}", 1, 10)]
    [InlineData("{{ 0b }}", 1, 4)]
    [InlineData("{{ a.0x }}", 1, 6)]
    public void Parse_BrokenTemplate_NamesLineAndColumn(string source, int line, int column)
    {
        TemplateException failure = Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source));

        Assert.Equal((line, column), (failure.Line, failure.Column));
        Assert.Contains($"line {line}, column {column}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_FailingExpression_NamesItsPlace()
    {
        TemplateException failure = Assert.Throws<TemplateException>(() => ChatTemplate.Parse("ok\n{{ nothing.name }}").Render(_noMessages));

        Assert.Equal(2, failure.Line);
        Assert.Contains("'nothing' is undefined", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_TemplateRefuses_GivesItsOwnMessage()
    {
        ChatTemplate template = ChatTemplate.Parse("{% if not messages %}{{ raise_exception('Say something.') }}{% endif %}");

        TemplateException failure = Assert.Throws<TemplateException>(() => template.Render(_noMessages));

        Assert.True(failure.IsRaisedByTemplate);
        Assert.Equal("Say something.", failure.Message);
    }

    [Theory]
    [InlineData("{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}")]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}")]
    [InlineData("{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}")]
    [InlineData("{% set n = namespace(x='ab') %}{% for a in range(100) %}{% set n.x = n.x ~ n.x %}{% endfor %}")]
    [InlineData("{% set n = namespace(x=[1]) %}{% for a in range(100) %}{% set n.x = n.x + n.x %}{% endfor %}")]
    [InlineData("{% set n = namespace(x=[1]) %}{% for a in range(100) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}")]
    [InlineData("{% set n = namespace(x=[1]) %}{% for a in range(60) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x == [n.x[0], [n.x[1][0], n.x[1][1]]] }}")]
    [InlineData("{% set n = namespace(x=[1]) %}{% for a in range(60) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x | tojson }}")]
    [InlineData("{% for a in range(100000) %}{{ 'x' * 1000 }}{% endfor %}")]
    [InlineData("{{ 'x' * 10 ** 12 }}")]
    [InlineData("{{ [1] * 10 ** 9 }}")]
    [InlineData("{{ 9 ** 99999999 }}")]
    [InlineData("{{ 'x'.center(10 ** 9) }}")]
    [InlineData("{{ '%999999999s' % 'x' }}")]
    [InlineData("{{ ('a' * 1000000) | replace('a', 'b' * 1000000) }}")]
    [InlineData("{{ ('a' * 1000000).join(range(1000)) }}")]
    [InlineData("{{ ('\n' * 1000000) | indent(1000, blank=true) }}")]
    [InlineData("{% for a in range(100000) %}{% set b = 'a' * 8000000 %}{% endfor %}")]
    [InlineData("{{ ('%7999999s' * 40) % (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20) }}")]
    [InlineData("{% set a = 'a' * 5000000 %}{{ '{0}{0}{0}'.format(a) }}")]
    [InlineData("{% set a = 'a' * 4000000 %}{% set b = 'a' ~ 'a' * 3999999 %}{% for i in range(100000) %}{% set c = a == b %}{% endfor %}")]
    [InlineData("{% set a = 'a' * 4000000 %}{{ ('a' * 1000000 ~ 'ba') in a }}")]
    [InlineData("{% set a = 'a' * 4000000 %}{{ a.find('a' * 1000000 ~ 'ba') }}")]
    [InlineData("{% set a = 'a' * 4000000 %}{% for i in range(100000) %}{% set b = a | upper %}{% endfor %}")]
    [InlineData("{% set s = 'ab' * 4000000 %}{% for i in range(100000) %}{% set x = s is upper %}{% endfor %}")]
    [InlineData("{% for i in range(100000) %}{% set x = [1] | batch(100000, 'x') | list %}{% endfor %}")]
    [InlineData("{% set n = 9 ** 10000 %}{% for i in range(100000) %}{% set x = n // 7 ** 5000 %}{% endfor %}")]
    [InlineData("{% for i in range(100000) %}{% set x = 2 | round(-1000000) %}{% endfor %}")]
    [InlineData("{% set n = '9' * 19000 %}{% for i in range(100000) %}{% set x = n | int %}{% endfor %}")]
    [InlineData("{% set s = '%' * 7999999 %}{% for i in range(100000) %}{% set x = strftime_now(s) %}{% endfor %}")]
    [InlineData("{% set n = namespace(x=[1] | map('string')) %}{% for i in range(100000) %}{% set n.x = n.x | map('upper') %}{% endfor %}{{ n.x | list }}")]
    [InlineData("{% set l = ['a' * 1000000] * 10000 %}{{ l | unique | list }}")]
    public void Render_HostileTemplate_EndsInAnError(string source)
    {
        Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source).Render(_noMessages));
    }

    /// <summary>Results of the reference implementation.</summary>
    [Theory]
    [InlineData("{{ range(4) }} {{ range(5, 0, -2) }}", "range(0, 4) range(5, 0, -2)")]
    [InlineData("{{ {'a': 1}.items() }} {{ {'a': 1}.keys() | length }} {{ 1 if {}.keys() else 0 }}", "dict_items([('a', 1)]) 1 0")]
    [InlineData("{{ 3 | round }} {{ 2.5 | round }} {{ -125 | round(-1) }} {{ 1e20 % -7 }} {{ -7.5 // 2 }}", "3 2.0 -120 -5.0 -4.0")]
    [InlineData("{{ '  a b ' .rsplit(none, 1) }} {{ '  a b '.split(none, 1) }}", "['  a', 'b'] ['a', 'b ']")]
    [InlineData("{{ 'ab' | sort(attribute='v') }} {{ '' | indent(2, true) }}|{{ 'a\\n\\nb' | indent(2) }}", "['a', 'b']   |a\n\n  b")]
    [InlineData("{{ 'hello'.find('l', 3) }} {{ 'hello'.count('l', 0, 3) }} {{ 'hello'.find('', 9) }} {{ '😀ab'.find('b', -1) }}", "3 1 -1 2")]
    [InlineData("{{ 'ΑΣ'.title() }} {{ 'ΑΣ' | title }} {{ 'İ'.title() == 'İ' }}", "Ας Ασ True")]
    [InlineData("{% for i in [1, 2] %}{% continue %}{% else %}none{% endfor %}", "none")]
    [InlineData("{% macro f() %}{% endmacro %}{{ f }}{% for i in [1] %}{{ loop }}{% endfor %}", "<Macro 'f'><LoopContext 1/1>")]
    [InlineData("{{ {'a': 'b c', 'd': '/'} | urlencode }} {{ 'b c/' | urlencode }}", "a=b+c&d=%2F b%20c/")]
    [InlineData("{{ ('<a>' | safe) + '<' }} {{ ('%s' | safe) % '<' }} {{ ('<' | safe) ~ '<' }} {{ ('x' | safe).join(['<']) }}", "<a>&lt; &lt; << &lt;")]
    [InlineData("{{ ['<' | safe] }} {{ ('<' | safe).upper() is escaped }} {{ '<' | e | e }} {{ '<' | e | forceescape }}", "[Markup('<')] True &lt; &amp;lt;")]
    [InlineData("{{ -0.125 // -75987 }} {{ 0.5 // -1e999 }} {{ -1e-20 // 5 }} {{ 1e999 // 2 }} {{ 2 ** -2000 }}", "0.0 -1.0 -1.0 nan 0.0")]
    public void Render_RareForms_GiveWhatPythonGives(string source, string expected) =>
        Assert.Equal(expected, ChatTemplate.Parse(source).Render(_noMessages));

    [Theory]
    [InlineData("{{ [{}, {}] | sort }}")]
    [InlineData("{{ [1, 2] | groupby('n') }}")]
    [InlineData("{{ undefined | int }}")]
    [InlineData("{{ 3 | indent }}")]
    [InlineData("{{ range(3) + [1] }}")]
    [InlineData("{{ '%d' % (1e308 * 10) }}")]
    [InlineData("{{ '%x' % 1.5 }}")]
    [InlineData("{{ range(3) | tojson }}")]
    [InlineData("{{ 0 ** -1 }}")]
    [InlineData("{{ 10.0 ** 400 }}")]
    [InlineData("{{ 2 ** 2000 / 3 }}")]
    [InlineData("{{ 2 ** 2000 * 1.0 }}")]
    [InlineData("{{ (-8) ** 0.5 }}")]
    public void Render_WrongValues_AreErrorsOfTheTemplate(string source) =>
        Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source).Render(_noMessages));

    [Theory]
    [InlineData("{{ ('a ' * 1000000).split() | length }}", "1000000")]
    [InlineData("{{ ('.\u03a3' * 1000000) | lower | length }}", "2000000")]
    [InlineData("{{ ('1' * 1000000) | int(7) }}", "7")]
    [InlineData("{{ ('1' * 30) | int }}", "111111111111111111111111111111")]
    [InlineData("{{ '</think>' in ('a' * 1000000) }}", "False")]
    public void Render_LongText_EndsSoon(string source, string expected) =>
        Assert.Equal(expected, ChatTemplate.Parse(source).Render(_noMessages));

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("-", "")]
    [InlineData("not ", "")]
    [InlineData("1 + ", "")]
    [InlineData("1 if ", "")]
    public void Parse_DeepExpression_NeverOverflowsTheStack(string open, string close)
    {
        string source = "{{ " + string.Concat(Enumerable.Repeat(open, 50_000)) + "1" + string.Concat(Enumerable.Repeat(close, 50_000)) + " }}";

        Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source).Render(_noMessages));
    }

    [Theory]
    [InlineData("{% if a %}")]
    [InlineData("{% for a in b %}")]
    [InlineData("{% set (")]
    public void Parse_DeepBlocks_NeverOverflowsTheStack(string open)
    {
        string source = string.Concat(Enumerable.Repeat(open, 50_000));

        Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source));
    }

    [Fact]
    public void Render_Cancelled_Stops()
    {
        ChatTemplate template = ChatTemplate.Parse("{% for a in range(100000) %}{% for b in range(400) %}{% endfor %}{% endfor %}");
        using CancellationTokenSource source = new();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => template.Render(_noMessages, cancellationToken: source.Token));
    }

    [Fact]
    public void Render_LoneSurrogate_PassesThrough()
    {
        JsonArray messages = [new JsonObject { ["role"] = "user", ["content"] = "a\ud800b" }];
        ChatTemplate template = ChatTemplate.Parse("{{ messages[0].content }}{{ messages[0].content | length }}{{ messages[0].content[::-1] }}");

        Assert.Equal("a\ud800b3b\ud800a", template.Render(messages));
    }

    [Fact]
    public void Render_ManyThreads_GivesTheSame()
    {
        ChatTemplate template = ChatTemplate.Parse("{% set n = namespace(x=0) %}{% for m in messages %}{% set n.x = n.x + m.content %}{% endfor %}{{ n.x }}");

        Parallel.For(0, 64, i =>
        {
            JsonArray messages = [.. Enumerable.Range(0, i).Select(k => new JsonObject { ["content"] = k })];
            Assert.Equal($"{i * (i - 1) / 2}", template.Render(messages));
        });
    }

    [Fact]
    public void Load_TokenizerConfig_TakesTheDefaultTemplate()
    {
        using TemporaryFolder folder = new();
        Assert.Null(ChatTemplate.Load(folder.Path));

        File.WriteAllText(
            Path.Combine(folder.Path, "tokenizer_config.json"),
            """{"chat_template": [{"name": "tool_use", "template": "a"}, {"name": "default", "template": "b"}]}""");
        Assert.Equal("b", ChatTemplate.Load(folder.Path)!.Render(_noMessages));

        File.WriteAllText(Path.Combine(folder.Path, "chat_template.jinja"), "{{ bos_token }}c");
        Dictionary<string, JsonNode?> variables = new() { ["bos_token"] = "<s>" };
        Assert.Equal("<s>c", ChatTemplate.Load(folder.Path)!.Render(_noMessages, variables: variables));
    }
}
