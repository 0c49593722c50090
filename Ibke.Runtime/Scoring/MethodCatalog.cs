using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;

namespace Ibke.Runtime.Scoring;

/// <summary>The methods that can be scored, by name, with the settings that they may be tuned among.</summary>
public static class MethodCatalog
{
    /// <summary>The names, IBKE first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["ibke"];

    /// <summary>A method of a model.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="model">The model.</param>
    /// <param name="editorFolder">The folder of the trained editor; null for the model's own.</param>
    /// <exception cref="ScoreException">There is no such method.</exception>
    public static ScoredMethod Find(string name, LanguageModel model, string? editorFolder) => name switch
    {
        "ibke" => new ScoredMethod(name, [new MethodCandidate("", () => IbkeMethod.Load(model, editorFolder))]),
        _ => throw new ScoreException($"There is no method '{name}'. There are: {string.Join(", ", Names)}."),
    };
}
