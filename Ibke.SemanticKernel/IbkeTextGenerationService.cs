using System.Runtime.CompilerServices;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.TextGeneration;

namespace Ibke.SemanticKernel;

/// <summary>Continues texts as the model does, without a chat template.</summary>
/// <remarks>Thread-safe. A continuation keeps the edits that were in force when it was asked for.</remarks>
public sealed class IbkeTextGenerationService : ITextGenerationService, IDisposable
{
    private readonly LanguageModel _model;
    private readonly TextGenerator _generator;

    /// <summary>Makes a service.</summary>
    /// <param name="model">Stays the caller's; dispose it after the service.</param>
    public IbkeTextGenerationService(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _generator) = (model, new TextGenerator(model));
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Attributes => new Dictionary<string, object?> { ["ModelId"] = _model.Id };

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The prompt is empty, or a setting is out of its range.</exception>
    /// <exception cref="PromptTooLongException">The prompt leaves no room for a reply.</exception>
    public async Task<IReadOnlyList<TextContent>> GetTextContentsAsync(
        string prompt, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default)
    {
        System.Text.StringBuilder text = new();
        IReadOnlyDictionary<string, object?>? metadata = null;
        await foreach (StreamingTextContent piece in GetStreamingTextContentsAsync(prompt, executionSettings, kernel, cancellationToken).ConfigureAwait(false))
        {
            text.Append(piece.Text);
            metadata = piece.Metadata;
        }

        return [new TextContent(text.ToString(), _model.Id, metadata: metadata)];
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The prompt is empty, or a setting is out of its range.</exception>
    /// <exception cref="PromptTooLongException">The prompt leaves no room for a reply.</exception>
    public async IAsyncEnumerable<StreamingTextContent> GetStreamingTextContentsAsync(
        string prompt,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(prompt);
        IbkePromptExecutionSettings settings = IbkePromptExecutionSettings.From(executionSettings);
        IReadOnlyList<int> ids = _model.Tokenizer.Encode(prompt);
        int room = Math.Max(1, _model.Config.ContextLength - ids.Count);
        WeightVersion version = _model.Versions.Current;
        await foreach (GenerationStep step in _generator.GenerateAsync(ids, Options(settings, room), version, cancellationToken).ConfigureAwait(false))
        {
            if (step.Text.Length > 0 || step.FinishReason is not null)
            {
                yield return new StreamingTextContent(step.Text, modelId: _model.Id, metadata: Metadata(step, version));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _generator.Dispose();

    private static GenerationOptions Options(IbkePromptExecutionSettings settings, int room)
    {
        GenerationOptions usual = new();
        return usual with
        {
            MaxNewTokens = settings.MaxTokens ?? room,
            Temperature = (float)(settings.Temperature ?? usual.Temperature),
            TopP = (float)(settings.TopP ?? usual.TopP),
            TopK = settings.TopK ?? usual.TopK,
            MinP = (float)(settings.MinP ?? usual.MinP),
            RepetitionPenalty = (float)(settings.RepetitionPenalty ?? usual.RepetitionPenalty),
            FrequencyPenalty = (float)(settings.FrequencyPenalty ?? usual.FrequencyPenalty),
            PresencePenalty = (float)(settings.PresencePenalty ?? usual.PresencePenalty),
            Seed = settings.Seed is { } seed ? (ulong)seed : usual.Seed,
            StopSequences = settings.StopSequences is { } stops ? [.. stops] : usual.StopSequences,
        };
    }

    private static Dictionary<string, object?> Metadata(GenerationStep step, WeightVersion version) => new()
    {
        ["FinishReason"] = step.FinishReason?.ToString(),
        ["InputTokenCount"] = step.Usage.PromptTokens,
        ["OutputTokenCount"] = step.Usage.GeneratedTokens,
        ["ibke.weight_version"] = version.Number,
    };
}
