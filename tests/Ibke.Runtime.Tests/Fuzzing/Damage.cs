using System.Text;
using System.Text.Json.Nodes;

namespace Ibke.Runtime.Tests.Fuzzing;

/// <summary>Ways to damage an input, in bytes, in text and in JSON.</summary>
internal static class Damage
{
    private static readonly string[] _values =
    [
        "null", "true", "false", "0", "-1", "1", "2.5", "1e308", "-1e308", "1e-300", "2147483647", "2147483648", "-2147483649", "9223372036854775807",
        "1e400", "\"\"", "\"x\"", "\"@half@\"", "\"\\u0000\"", "\"\\uffff\"", "[]", "{}", "[[]]", "[null]", "{\"type\": null}", "[1, \"a\", {}]", "123456789012345678901234567890",
    ];

    private static readonly string[] _fragments =
    [
        "{", "}", "[", "]", "(", ")", "\"", "'", "\\", "<", ">", "{{", "}}", "{%", "%}", "{#", "#}", "-", "+", "|", "\n", "\r", "\t", "\0", "\uFFFD", "\uD83D", "\U0001F600",
        "0", "-1", "1e999", "99999999999999999999", ",", ";", ":", "=", "*", "?", "{1000000}", "(a+)+", "\\p{L}", ".", "~", "if", "for", "endfor", "namespace", "loop", "is", "not",
    ];

    /// <summary>A few changes of bytes.</summary>
    public static byte[] Bytes(byte[] source, Random random)
    {
        List<byte> bytes = [.. source];
        for (int changes = random.Next(1, 6); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(_fragments[random.Next(_fragments.Length)]));
                    break;
                default:
                    bytes.RemoveRange(at, random.Next(10) == 0 ? bytes.Count - at : 1);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>A few changes of a text.</summary>
    public static string Text(string source, Random random)
    {
        StringBuilder text = new(source);
        for (int changes = random.Next(1, 6); changes > 0; changes--)
        {
            int at = random.Next(text.Length + 1);
            int length = Math.Min(random.Next(1, 30), text.Length - at);
            switch (random.Next(5))
            {
                case 0:
                    text.Insert(at, _fragments[random.Next(_fragments.Length)]);
                    break;
                case 1:
                    text.Remove(at, length);
                    break;
                case 2:
                    string part = text.ToString(at, length);
                    text.Insert(random.Next(text.Length + 1), part);
                    break;
                case 3:
                    string repeated = text.ToString(at, length);
                    text.Insert(at, string.Concat(Enumerable.Repeat(repeated, random.Next(2, random.Next(5) == 0 ? 300 : 8))));
                    break;
                default:
                    text.Length = random.Next(8) == 0 ? at : text.Length;
                    break;
            }
        }

        return text.ToString();
    }

    /// <summary>A few changes of the values, keys and lists in a JSON text, which stays JSON; at times also of its characters.</summary>
    public static string Json(string source, Random random)
    {
        JsonNode root = JsonNode.Parse(source)!;
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            Change(Pick(root, random), random);
        }

        string text = Written(root);
        return random.Next(10) == 0 ? Encodable(Text(text, random)) : text;
    }

    /// <summary>A value as it might stand anywhere.</summary>
    public static JsonNode? Value(Random random) =>
        random.Next(20) == 0 ? Nested(random.Next(2, 60)) : JsonNode.Parse(_values[random.Next(_values.Length)]);

    private static JsonArray Nested(int depth)
    {
        JsonArray node = [];
        for (; depth > 1; depth--)
        {
            node = [node];
        }

        return node;
    }

    // A container, the deeper ones as likely as those above them.
    private static JsonNode Pick(JsonNode root, Random random)
    {
        JsonNode picked = root;
        while (random.Next(5) > 0)
        {
            JsonNode[] below = picked switch
            {
                JsonObject map => [.. map.Select(pair => pair.Value).Where(value => value is JsonObject or JsonArray)!],
                JsonArray list => [.. list.Where(value => value is JsonObject or JsonArray)!],
                _ => [],
            };
            if (below.Length == 0)
            {
                break;
            }

            picked = below[random.Next(below.Length)];
        }

        return picked;
    }

    private static void Change(JsonNode container, Random random)
    {
        if (container is JsonObject { Count: > 0 } map)
        {
            string key = map.ElementAt(random.Next(map.Count)).Key;
            switch (random.Next(5))
            {
                case 0:
                    map.Remove(key);
                    break;
                case 1:
                    map[map.ElementAt(random.Next(map.Count)).Key] = map[key]?.DeepClone();
                    break;
                default:
                    map[key] = Value(random);
                    break;
            }
        }
        else if (container is JsonArray { Count: > 0 } list)
        {
            int at = random.Next(list.Count);
            switch (random.Next(4))
            {
                case 0:
                    list.RemoveAt(at);
                    break;
                case 1:
                    list.Add(list[at]?.DeepClone());
                    break;
                default:
                    list[at] = Value(random);
                    break;
            }
        }
    }

    /// <summary>The JSON text of a damaged value. Half a surrogate pair can be read from JSON, but not written: it is put in at the end.</summary>
    public static string Written(JsonNode root) => root.ToJsonString().Replace("@half@", "\\ud800", StringComparison.Ordinal);

    /// <summary>A text that can be written to a file.</summary>
    public static string Encodable(string text) => string.Concat(text.EnumerateRunes());
}
