using Ibke.Samples.ChatBackend.Errors;

namespace Ibke.Samples.ChatBackend.Chat;

/// <summary>A name under which the model is served.</summary>
/// <param name="Id">The name.</param>
/// <param name="HasKnowledge">Whether the server calls the functions of the knowledge service for the model.</param>
internal sealed record ModelName(string Id, bool HasKnowledge)
{
    private const string KnowledgeSuffix = "+knowledge";

    /// <summary>The names of a model.</summary>
    public static ModelName[] Of(string model) => [new(model, false), new(model + KnowledgeSuffix, true)];

    /// <summary>Reads the name in a request.</summary>
    /// <exception cref="ApiException">There is none, or it is not served here.</exception>
    public static ModelName Find(string? name, string model) => string.IsNullOrEmpty(name)
        ? throw ApiException.Invalid("The model must be named.", "model")
        : Of(model).FirstOrDefault(known => known.Id == name)
            ?? throw ApiException.NotFound($"The model '{name}' does not exist; there are {model} and {model}{KnowledgeSuffix}.", "model", "model_not_found");
}
