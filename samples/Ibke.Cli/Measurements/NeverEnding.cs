using Ibke.Runtime.Models;

namespace Ibke.Cli.Measurements;

/// <summary>Keeps a model from ending its reply, so that every measured reply has the same length.</summary>
internal static class NeverEnding
{
    /// <summary>Bans the tokens that end a reply.</summary>
    public static IReadOnlyDictionary<int, float> Bias(LanguageModel model) =>
        model.EndOfSequenceIds.ToDictionary(id => id, _ => float.NegativeInfinity);
}
