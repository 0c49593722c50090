using System.Text;
using System.Text.Json;
using Ibke.Runtime.Constraints;
using Ibke.Runtime.Constraints.Parsing;

namespace Ibke.Runtime.Tests.Constraints;

public sealed class JsonSchemaRefusalTests
{
    [Theory]
    [InlineData("""{"type": "object", "properties": {"a": {"not": {}}}}""", "#/properties/a", "not")]
    [InlineData("""{"type": "array", "items": {"type": "array", "uniqueItems": true}}""", "#/items", "uniqueItems")]
    [InlineData("""{"if": {}, "then": {}}""", "#", "if")]
    [InlineData("""{"type": "object", "patternProperties": {}}""", "#", "patternProperties")]
    [InlineData("""{"type": "number", "multipleOf": 0.1}""", "#", "multipleOf")]
    [InlineData("""{"type": "strin"}""", "#", "type")]
    [InlineData("""{"type": 3}""", "#", "type")]
    [InlineData("""{"properties": {"a/b": {"minLength": -1, "type": "string"}}}""", "#/properties/a~1b", "minLength")]
    [InlineData("""{"type": "string", "maxLength": "3"}""", "#", "maxLength")]
    [InlineData("""{"type": "number", "minimum": 1e9999}""", "#", "minimum")]
    [InlineData("""{"type": "number", "minimum": 1e-2147483648}""", "#", "minimum")]
    [InlineData("""{"enum": [1, 1e5000]}""", "#", "enum")]
    [InlineData("""{"properties": {"a": {"const": 1e-2147483648}}}""", "#/properties/a", "const")]
    [InlineData("""{"type": "string", "pattern": "^x*$", "maxLength": 1900000}""", "#", "pattern")]
    [InlineData("""{"type": "string", "pattern": "(?=a)b"}""", "#", "pattern")]
    [InlineData("""{"type": "string", "pattern": "(a)\\1"}""", "#", "pattern")]
    [InlineData("""{"type": "string", "pattern": "a\\bc"}""", "#", "pattern")]
    [InlineData("""{"type": "string", "pattern": "a^b"}""", "#", "pattern")]
    [InlineData("""{"type": "string", "pattern": "(.*a.{40})b"}""", "#", "pattern")]
    [InlineData("""{"type": "string", "pattern": "((a{1000}){1000}){1000}"}""", "#", "pattern")]
    [InlineData("""{"type": "string", "pattern": "[a-z]+x", "maxLength": 2000000000}""", "#", "pattern")]
    [InlineData("""{"$ref": "#/$defs/a"}""", "#", "$ref")]
    [InlineData("""{"$ref": "http://example.com/schema"}""", "#", "$ref")]
    [InlineData("""{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}""", "#/$defs/a", "$ref")]
    [InlineData("""{"anyOf": [{"$ref": "#"}, {"type": "null"}]}""", "#", "$ref")]
    [InlineData("""{"type": "array", "items": [{}]}""", "#", "items")]
    [InlineData("""{"anyOf": {}}""", "#", "anyOf")]
    [InlineData("""{"type": "object", "minProperties": 1}""", "#", "minProperties")]
    [InlineData("""{"type": "object", "properties": {"a": 3}}""", "#", "properties")]
    public void Compile_OutsideTheSubset_NamesKeywordAndPath(string schema, string path, string keyword)
    {
        JsonSchemaException error = Assert.Throws<JsonSchemaException>(() => MaskWalk.Compile(schema));

        Assert.Equal(path, error.Path);
        Assert.Equal(keyword, error.Keyword);
        Assert.Contains(path, error.Message);
        Assert.Contains($"'{keyword}'", error.Message);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("""{"type": "object", "properties": {"a": false}, "required": ["a"]}""")]
    [InlineData("""{"type": "array", "minItems": 3, "maxItems": 2}""")]
    [InlineData("""{"type": "integer", "minimum": 3, "exclusiveMaximum": 3}""")]
    [InlineData("""{"enum": [1, 2], "type": "string"}""")]
    [InlineData("""{"type": "string", "pattern": "^a+$", "allOf": [{"pattern": "^b+$"}]}""")]
    [InlineData("""{"type": "object", "properties": {"again": {"$ref": "#"}}, "required": ["again"]}""")]
    public void Compile_NoValueSatisfiesIt_SaysSo(string schema) =>
        Assert.Contains("no value satisfies", Assert.Throws<JsonSchemaException>(() => MaskWalk.Compile(schema)).Message);

    [Fact]
    public void Compile_Annotations_AreIgnored()
    {
        CompiledGrammar grammar = MaskWalk.Compile("""
            {"$schema": "s", "$id": "i", "$comment": "c", "title": "t", "description": "d", "default": 1, "examples": [1], "deprecated": true, "readOnly": true,
            "writeOnly": false, "x-mine": {}, "condition": "c", "type": "boolean", "format": "unheard-of"}
            """);

        Assert.True(MaskWalk.Accepts(grammar, "true"));
        Assert.False(MaskWalk.Accepts(grammar, "1"));
    }

    public static TheoryData<string, string?> Hostile => new()
    {
        { "nested items", "[]" },
        { "nested alternatives", null },
        { "parts that double", null },
        { "alternatives that combine", null },
        { "properties that double", "{\"b\":{\"a\":{}}}" },
        { "many items", "[null,null]" },
        { "ambiguous pattern", "\"aaaa\"" },
        { "many values", "4999" },
        { "long value", null },
        { "deep value", null },
        { "many long texts", null },
        { "classes that overlap", null },
        { "recursion in many properties", null },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Compile_HostileSchema_EndsSoon(string name, string? accepted)
    {
        string schema = name switch
        {
            "nested items" => string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 10_000)) + "{}" + new string('}', 10_000),
            "nested alternatives" => string.Concat(Enumerable.Repeat("""{"anyOf":[""", 10_000)) + "{}" + string.Concat(Enumerable.Repeat("]}", 10_000)),
            "parts that double" => Definitions(60, i => $$"""{"allOf":[{"$ref":"#/$defs/d{{i + 1}}"},{"$ref":"#/$defs/d{{i + 1}}"}]}"""),
            "alternatives that combine" => Definitions(60, i => $$"""{"anyOf":[{"$ref":"#/$defs/d{{i + 1}}"},{"minimum":{{i}},"$ref":"#/$defs/d{{i + 1}}"}]}"""),
            "properties that double" =>
                Definitions(60, i => $$$"""{"type":"object","properties":{"a":{"$ref":"#/$defs/d{{{i + 1}}}"},"b":{"$ref":"#/$defs/d{{{i + 1}}}"} } }"""),
            "many items" => """{"type": "array", "items": {"type": "null"}, "minItems": 2, "maxItems": 2000000000}""",
            "ambiguous pattern" => """{"type": "string", "pattern": "^(a|a)*(a*)*$"}""",
            "many values" => $$"""{"enum": [{{string.Join(',', Enumerable.Range(0, 5_000))}}]}""",
            "deep value" => $$"""{"const": {{new string('[', 90_000)}}{{new string(']', 90_000)}}}""",
            "many long texts" => Object(40, i => $$"""{"type":"string","pattern":"^x*$","maxLength":{{40_000 + i}}}"""),
            "classes that overlap" => $$"""{"type":"string","pattern":"{{string.Concat(Enumerable.Range(0x3000, 5_000).Select(c => $"[\\\\u{c:x4}-\\\\uffff]"))}}"}""",
            "recursion in many properties" => Object(300, _ => """{"anyOf":[{"$ref":"#"},{"type":"null"}]}"""),
            _ => $$"""{"enum": ["{{new string('x', 2_000_000)}}"]}""",
        };

        if (accepted is null)
        {
            Assert.Throws<JsonSchemaException>(() => Compile(schema));
        }
        else
        {
            Assert.True(MaskWalk.Accepts(Compile(schema), accepted));
        }
    }

    [Fact]
    public void LeastTokens_HugeLength_IsCounted() =>
        Assert.Equal(2 + 2_000_000_000L, Compile("""{"type": "string", "minLength": 2000000000}""").LeastTokens);

    private static string Object(int count, Func<int, string> property) =>
        """{"type":"object","properties":{""" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"p{i}\":{property(i)}")) + "}}";

    private static string Definitions(int count, Func<int, string> definition) =>
        """{"$ref":"#/$defs/d0","$defs":{""" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"d{i}\":{definition(i)}"))
        + $",\"d{count}\":{{\"type\":\"integer\"}}}}}}";

    private static CompiledGrammar Compile(string schema)
    {
        using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetBytes(schema), new JsonDocumentOptions { MaxDepth = 100_000 });
        return MaskWalk.Compile(TextConstraint.JsonSchema(document.RootElement));
    }
}
