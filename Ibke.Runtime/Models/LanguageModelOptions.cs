using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>How a model is loaded.</summary>
public sealed record LanguageModelOptions
{
    /// <summary>
    /// Where it shall run. Default null: an embedded engine of its own on all processors, disposed with the model. A given engine stays the caller's.
    /// </summary>
    public Engine? Engine { get; init; }
}
