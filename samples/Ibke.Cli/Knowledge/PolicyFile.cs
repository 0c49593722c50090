using System.Text.Json;
using System.Text.Json.Serialization;
using Ibke.Runtime.Knowledge.Policies;

namespace Ibke.Cli.Knowledge;

/// <summary>Reads a policy from a JSON file.</summary>
internal static class PolicyFile
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The policy of a file; the usual one where none is named.</summary>
    /// <exception cref="CommandException">It is no policy; the message says where and why.</exception>
    public static KnowledgePolicy Read(string? path)
    {
        if (path is null)
        {
            return KnowledgePolicy.Default;
        }

        try
        {
            KnowledgePolicy policy = JsonSerializer.Deserialize<KnowledgePolicy>(File.ReadAllText(path), _json) ?? throw new JsonException("it is null");
            string[] problems = [.. policy.FindProblems()];
            return problems.Length == 0 ? policy : throw new CommandException($"{path}: {string.Join(' ', problems)}");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} is no policy: {e.Message.TrimEnd('.')}. See docs/knowledge-service.md.");
        }
    }
}
