using System.Text.Json;
using Ibke.Runtime.Constraints;
using Ibke.Runtime.Constraints.Parsing;
using Ibke.Runtime.Tests.Constraints;

namespace Ibke.Runtime.Tests.Fuzzing;

/// <summary>Damaged schemas are refused by a <see cref="JsonSchemaException"/>, or make a mask under which JSON is written.</summary>
public sealed class SchemaFuzzTests
{
    private static readonly string[] _schemas =
    [
        """{"type": "object", "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 9}, "age": {"type": "integer", "minimum": 0, "maximum": 150}, "tags": {"type": "array", "items": {"enum": ["a", "b", 3, null]}, "minItems": 1, "maxItems": 3}}, "required": ["name", "age"], "additionalProperties": false}""",
        """{"anyOf": [{"type": "null"}, {"$ref": "#/$defs/node"}], "$defs": {"node": {"type": "object", "properties": {"next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}, "value": {"type": "number", "exclusiveMinimum": -1.5, "multipleOf": 0.25}}, "required": ["next"]}}}""",
        """{"type": ["string", "boolean"], "pattern": "^[a-z]{2,4}(-[0-9]+)?$"}""",
        """{"allOf": [{"type": "object", "properties": {"a": {"const": {"b": [1, 2]}}}}, {"required": ["a"], "properties": {"c": {"format": "date"}}}]}""",
        """{"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string", "pattern": "a|b"}], "items": false}""",
    ];

    [Fact]
    public void Compile_DamagedSchema_IsRefusedOrWritesJson() => FuzzRun.Run(
        400,
        random => (string[])[Damage.Json(_schemas[random.Next(_schemas.Length)], random), $"{random.Next()}"],
        input =>
        {
            CompiledGrammar grammar = MaskWalk.Compile(input[0]);
            if (grammar.LeastTokens < 200)
            {
                JsonDocument.Parse(MaskWalk.Write(grammar, new Random(int.Parse(input[1], System.Globalization.CultureInfo.InvariantCulture)), 400)).Dispose();
            }
        },
        typeof(JsonSchemaException),
        typeof(NotSupportedException), // a character that the vocabulary has no tokens for
        typeof(JsonException));
}
