using Ibke.Runtime.Constraints.Parsing;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Constraints;

public sealed class SchemaMaskTests
{
    private const string Person = """
        {"type": "object", "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 8}, "age": {"type": "integer", "minimum": 0, "maximum": 150},
        "tags": {"type": "array", "items": {"enum": ["a", "b", 3, null, {"x": [1, true]}]}, "minItems": 1, "maxItems": 3}, "note": {"type": ["string", "null"]}},
        "required": ["name", "age"], "additionalProperties": false}
        """;

    private const string Tree = """
        {"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "properties": {"value": {"type": "number", "exclusiveMinimum": -2.5, "maximum": 7.25},
        "children": {"type": "array", "items": {"$ref": "#/$defs/node"}}}, "required": ["value", "children"]}}}
        """;

    public static TheoryData<string> Schemas => new(
        Person,
        Tree,
        "{}",
        "true",
        """{"type": "object"}""",
        """{"type": "object", "additionalProperties": {"type": "integer"}}""",
        """{"type": "object", "properties": {"a": {"type": "boolean"}}, "additionalProperties": {"type": "string"}}""",
        """{"type": "object", "properties": {"a": true, "b": {"type": "null"}, "c": {"const": "é\"\\\u0001"}}, "required": ["c", "d"]}""",
        """{"type": "array", "prefixItems": [{"type": "integer"}, {"type": "boolean"}], "items": {"type": "string", "pattern": "^[a-f]+\\d{2,3}$"}, "minItems": 3, "maxItems": 6}""",
        """{"type": "string", "pattern": "(ab|c)+x?"}""",
        """{"type": "string", "pattern": "^(ab)*$", "minLength": 3, "maxLength": 7}""",
        """{"type": "string", "format": "date"}""",
        """{"type": "string", "format": "date-time"}""",
        """{"type": "string", "format": "time"}""",
        """{"type": "string", "format": "uuid"}""",
        """{"type": "string", "format": "ipv4"}""",
        """{"type": "string", "format": "ipv6"}""",
        """{"type": "string", "format": "uri"}""",
        """{"type": "number"}""",
        """{"type": "number", "minimum": 0.25, "exclusiveMaximum": 0.5}""",
        """{"type": "number", "minimum": -1, "maximum": 1}""",
        """{"type": "number", "exclusiveMinimum": 3, "exclusiveMaximum": 4}""",
        """{"type": "integer", "exclusiveMinimum": -17, "maximum": 1203}""",
        """{"type": "integer", "minimum": 0.5, "maximum": 9.5, "multipleOf": 1}""",
        """{"anyOf": [{"type": "string", "maxLength": 3}, {"type": "object", "properties": {"kind": {"const": "b"}}, "required": ["kind"]}, {"type": "integer", "maximum": -5}]}""",
        """{"allOf": [{"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"properties": {"a": {"minimum": 3}, "b": {"type": "string"}}, "required": ["b"]}]}""",
        """{"type": "array", "items": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}, "maxItems": 3}""",
        """{"enum": [1, "one", [1, "x"], {"k": null}, true]}""");

    [Theory]
    [InlineData("""{"type": "object", "properties": {}}""", "{}")]
    [InlineData("""{"type": "object", "properties": {}, "additionalProperties": {"const": 1}, "required": ["a"]}""", null)]
    [InlineData("""{"type": "object"}""", null)]
    public void Allowed_NoPropertiesDeclared_MakeAnEmptyObject(string schema, string? only)
    {
        CompiledGrammar grammar = MaskWalk.Compile(schema);
        Random random = new(1);

        string[] texts = [.. Enumerable.Range(0, 20).Select(_ => MaskWalk.Write(grammar, random, (int)grammar.LeastTokens + 20)).Distinct()];

        Assert.Equal(only is not null, texts is [string text] && text == only);
    }

    [Theory]
    [MemberData(nameof(Schemas))]
    public void Allowed_RandomTokens_MakeValidTexts(string schema)
    {
        CompiledGrammar grammar = MaskWalk.Compile(schema);
        Random random = new(1);
        for (int i = 0; i < 40; i++)
        {
            int most = (int)grammar.LeastTokens + random.Next(120);

            string text = MaskWalk.Write(grammar, random, most);

            Assert.True(PlainSchemaValidator.Problem(schema, text) is null, $"{text}: {PlainSchemaValidator.Problem(schema, text)}");
        }
    }

    [Theory]
    [MemberData(nameof(Schemas))]
    public void Allowed_ExactlyTheLeastTokens_IsEnough(string schema)
    {
        CompiledGrammar grammar = MaskWalk.Compile(schema, Atlas.Shared.Tokenizer);

        string text = MaskWalk.Write(grammar, new Random(2), (int)grammar.LeastTokens);

        Assert.Null(PlainSchemaValidator.Problem(schema, text));
    }
}
