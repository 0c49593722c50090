using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Constraints.Parsing;

namespace Ibke.Runtime.Tests.Constraints;

/// <summary>Random schemas of the supported subset, with an instance of each.</summary>
public sealed class SchemaPropertyTests
{
    [Fact]
    public void Allowed_RandomSchema_TextsAreValidAndInstancesAreAccepted() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue - 1)), seed =>
        {
            Random random = new(seed);
            (JsonNode schema, JsonNode? instance) = Make(random, 3);
            string text = schema.ToJsonString();
            CompiledGrammar grammar = MaskWalk.Compile(text);
            string expected = Write(instance);

            bool accepted = MaskWalk.Accepts(grammar, expected);
            string written = MaskWalk.Write(grammar, random, (int)grammar.LeastTokens + random.Next(60));
            string? problem = PlainSchemaValidator.Problem(text, written);

            return (accepted && problem is null && PlainSchemaValidator.Problem(text, expected) is null)
                .Label($"schema {text}\ninstance {expected} accepted: {accepted}\nwritten {written}: {problem}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    private static (JsonNode Schema, JsonNode? Instance) Make(Random random, int depth) => random.Next(depth > 0 ? 9 : 6) switch
    {
        0 => (new JsonObject { ["type"] = "boolean" }, random.Next(2) == 0),
        1 => (new JsonObject { ["type"] = new JsonArray("null", "integer") }, random.Next(3) == 0 ? null : random.Next(-1000, 1000)),
        2 => Number(random),
        3 => Text(random),
        4 => Pattern(random),
        5 => (new JsonObject { ["enum"] = new JsonArray("x", 7, "é\"", null) }, new JsonArray("x", 7, "é\"", null)[random.Next(4)]?.DeepClone()),
        6 => List(random, depth),
        7 => Alternatives(random, depth),
        _ => Object(random, depth),
    };

    private static (JsonNode, JsonNode?) Number(Random random)
    {
        decimal first = random.Next(-5000, 5000) / 100m;
        decimal second = first + random.Next(1, 3000) / 100m;
        decimal between = first + Math.Round((second - first) * (decimal)random.NextDouble(), 2);
        bool isInteger = random.Next(2) == 0 && Math.Ceiling(first) <= Math.Floor(second);
        return (new JsonObject { ["type"] = isInteger ? "integer" : "number", ["minimum"] = first, ["maximum"] = second },
            isInteger ? Math.Ceiling(first) : between);
    }

    private static (JsonNode, JsonNode?) Text(Random random)
    {
        string[] letters = ["a", "Z", "é", "😀", "\"", "\\", "\n", "\u0001", " ", "\u2028"];
        int length = random.Next(6);
        return (new JsonObject { ["type"] = "string", ["minLength"] = Math.Max(0, length - random.Next(3)), ["maxLength"] = length + random.Next(3) },
            string.Concat(Enumerable.Range(0, length).Select(_ => letters[random.Next(letters.Length)])));
    }

    private static (JsonNode, JsonNode?) Pattern(Random random)
    {
        (string, string)[] known = [("^[A-Z]{2}-\\d+$", "QX-17"), ("b.d", "abcde"), ("^(red|green)?$", ""), ("^a|z$", "xyz"), ("[^x]+", "y")];
        (string pattern, string text) = known[random.Next(known.Length)];
        return (new JsonObject { ["type"] = "string", ["pattern"] = pattern }, text);
    }

    private static (JsonNode, JsonNode?) List(Random random, int depth)
    {
        (JsonNode item, JsonNode? instance) = Make(random, depth - 1);
        int count = random.Next(4);
        JsonObject schema = new() { ["type"] = "array", ["items"] = item, ["minItems"] = Math.Max(0, count - 1), ["maxItems"] = count + random.Next(2) };
        JsonArray list = [];
        if (random.Next(2) == 0)
        {
            (JsonNode first, JsonNode? firstInstance) = Make(random, depth - 1);
            schema["prefixItems"] = new JsonArray(first);
            if (count > 0)
            {
                list.Add(firstInstance);
            }
        }

        while (list.Count < count)
        {
            list.Add(instance?.DeepClone());
        }

        return (schema, list);
    }

    private static (JsonNode, JsonNode?) Alternatives(Random random, int depth)
    {
        (JsonNode Schema, JsonNode? Instance)[] parts = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Make(random, depth - 1))];
        return (new JsonObject { ["anyOf"] = new JsonArray([.. parts.Select(part => part.Schema)]) }, parts[random.Next(parts.Length)].Instance);
    }

    private static (JsonNode, JsonNode?) Object(Random random, int depth)
    {
        JsonObject properties = [];
        JsonArray required = [];
        JsonObject instance = [];
        for (int i = random.Next(4); i > 0; i--)
        {
            (JsonNode value, JsonNode? valueInstance) = Make(random, depth - 1);
            properties[$"p{i}\""] = value;
            bool isRequired = random.Next(2) == 0;
            if (isRequired)
            {
                required.Add($"p{i}\"");
            }

            if (isRequired || random.Next(2) == 0)
            {
                instance[$"p{i}\""] = valueInstance;
            }
        }

        JsonObject schema = new() { ["type"] = "object", ["properties"] = properties, ["required"] = required };
        if (random.Next(2) == 0)
        {
            (JsonNode value, JsonNode? valueInstance) = Make(random, depth - 1);
            schema["additionalProperties"] = value;
            instance["other"] = valueInstance;
        }

        return (schema, instance);
    }

    // Compact, and in the one form in which fixed texts are written.
    private static string Write(JsonNode? node) => node switch
    {
        null => "null",
        JsonArray list => $"[{string.Join(',', list.Select(Write))}]",
        JsonObject map => $"{{{string.Join(',', map.Select(pair => $"{Quote(pair.Key)}:{Write(pair.Value)}"))}}}",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Quote(value.GetValue<string>()),
        _ => node.ToJsonString(),
    };

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\u0001", "\\u0001")}\"";
}
