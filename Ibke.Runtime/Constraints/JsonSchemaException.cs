namespace Ibke.Runtime.Constraints;

/// <summary>
/// A JSON schema cannot be followed: it has a keyword that is not supported or not well-formed, it is too large, or no value satisfies it.
/// <c>docs/structured-output.md</c> lists what is supported.
/// </summary>
public sealed class JsonSchemaException : ArgumentException
{
    /// <summary>Says what is wrong, and where.</summary>
    /// <param name="path">Where in the schema, as a JSON pointer from <c>#</c>.</param>
    /// <param name="keyword">The keyword, or null where it is the schema as a whole.</param>
    /// <param name="problem">What is wrong with it.</param>
    public JsonSchemaException(string path, string? keyword, string problem)
        : base($"The JSON schema cannot be followed at {path}{(keyword is null ? "" : $", keyword '{keyword}'")}: {problem}.")
    {
        Path = path;
        Keyword = keyword;
    }

    /// <summary>Where in the schema, as a JSON pointer from <c>#</c>.</summary>
    public string Path { get; }

    /// <summary>The keyword, or null where it is the schema as a whole.</summary>
    public string? Keyword { get; }
}
