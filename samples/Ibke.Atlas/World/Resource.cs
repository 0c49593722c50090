using System.Text.Json;

namespace Ibke.Atlas.World;

/// <summary>Reads the files that are embedded in this assembly.</summary>
internal static class Resource
{
    private static readonly JsonSerializerOptions _options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Reads one resource.</summary>
    /// <param name="name">Such as <c>facts.json</c>.</param>
    public static T Read<T>(string name)
    {
        using Stream stream = Open(name);
        return JsonSerializer.Deserialize<T>(stream, _options)!;
    }

    /// <summary>The bytes of one resource.</summary>
    public static Stream Open(string name) => typeof(Resource).Assembly.GetManifestResourceStream(name)
        ?? throw new InvalidOperationException($"The assembly has no resource {name}.");
}
