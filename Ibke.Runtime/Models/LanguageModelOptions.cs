using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>How a model is loaded.</summary>
public sealed record LanguageModelOptions
{
    /// <summary>
    /// Where it shall run. Default null: an embedded engine of its own on all processors, disposed with the model. A given engine stays the caller's.
    /// </summary>
    public Engine? Engine { get; init; }

    /// <summary>How the weights are held. Default: as they are stored.</summary>
    public WeightStorage Weights { get; init; }

    /// <summary>
    /// The folder whose tokenizer is used: <c>tokenizer.json</c>, <c>tokenizer_config.json</c>, and the chat template if there is one. Default
    /// null: the model's own folder.
    /// </summary>
    public string? TokenizerFolder { get; init; }
}
