using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ibke.Cli.Terminals;

/// <summary>JSON as every command prints it: snake_case names, text as it is, nothing for what is not there.</summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions _lines = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(new LowerCase()) },
    };

    private static readonly JsonSerializerOptions _indented = new(_lines) { WriteIndented = true };

    /// <summary>On one line.</summary>
    public static string Line<T>(T value) => JsonSerializer.Serialize(value, _lines);

    /// <summary>On many lines.</summary>
    public static string Document<T>(T value) => JsonSerializer.Serialize(value, _indented);

    // bfloat16, not b_float16.
    private sealed class LowerCase : JsonNamingPolicy
    {
        public override string ConvertName(string name) => name.ToLowerInvariant();
    }
}
