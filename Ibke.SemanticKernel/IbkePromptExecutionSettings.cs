using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.SemanticKernel;

namespace Ibke.SemanticKernel;

/// <summary>How a reply of an embedded model is made. What is null is left to the model's <c>generation_config.json</c>.</summary>
/// <remarks>Not thread-safe until it is frozen. Other settings classes, and keys of the same names in <see cref="PromptExecutionSettings.ExtensionData"/>, work as well.</remarks>
[JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
public sealed class IbkePromptExecutionSettings : PromptExecutionSettings
{
    private double? _temperature;
    private double? _topP;
    private int? _topK;
    private double? _minP;
    private double? _repetitionPenalty;
    private double? _frequencyPenalty;
    private double? _presencePenalty;
    private long? _seed;
    private int? _maxTokens;
    private IList<string>? _stopSequences;
    private object? _responseFormat;

    /// <summary>0 is greedy; higher values vary more. 0 … 100.</summary>
    [JsonPropertyName("temperature")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Temperature { get => _temperature; set => Set(ref _temperature, value); }

    /// <summary>Draw from the likeliest tokens that together have this probability. Above 0, at most 1.</summary>
    [JsonPropertyName("top_p")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TopP { get => _topP; set => Set(ref _topP, value); }

    /// <summary>Draw from so many of the likeliest tokens.</summary>
    [JsonPropertyName("top_k")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? TopK { get => _topK; set => Set(ref _topK, value); }

    /// <summary>Leave out tokens that are less probable than this share of the likeliest one. 0 … 1.</summary>
    [JsonPropertyName("min_p")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MinP { get => _minP; set => Set(ref _minP, value); }

    /// <summary>Above 1 makes tokens that were there less likely.</summary>
    [JsonPropertyName("repetition_penalty")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RepetitionPenalty { get => _repetitionPenalty; set => Set(ref _repetitionPenalty, value); }

    /// <summary>Taken from a token's score for each time it was there.</summary>
    [JsonPropertyName("frequency_penalty")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? FrequencyPenalty { get => _frequencyPenalty; set => Set(ref _frequencyPenalty, value); }

    /// <summary>Taken from a token's score if it was there.</summary>
    [JsonPropertyName("presence_penalty")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PresencePenalty { get => _presencePenalty; set => Set(ref _presencePenalty, value); }

    /// <summary>Makes draws repeatable.</summary>
    [JsonPropertyName("seed")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Seed { get => _seed; set => Set(ref _seed, value); }

    /// <summary>The most tokens of a reply; null: to the end of the model's turn or of its context.</summary>
    [JsonPropertyName("max_tokens")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxTokens { get => _maxTokens; set => Set(ref _maxTokens, value); }

    /// <summary>Texts that end a reply and are left out of it.</summary>
    [JsonPropertyName("stop_sequences")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IList<string>? StopSequences { get => _stopSequences; set => Set(ref _stopSequences, value); }

    /// <summary><c>"json_object"</c>, a type that replies are JSON of, or a JSON schema as a <see cref="JsonElement"/>.</summary>
    [JsonPropertyName("response_format")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public object? ResponseFormat { get => _responseFormat; set => Set(ref _responseFormat, value); }

    /// <summary>Reads other settings as these.</summary>
    /// <param name="settings">Null for the defaults.</param>
    /// <returns>The same object where it is of this class already.</returns>
    /// <exception cref="JsonException">A value is of another type.</exception>
    public static IbkePromptExecutionSettings From(PromptExecutionSettings? settings) => settings switch
    {
        null => new IbkePromptExecutionSettings(),
        IbkePromptExecutionSettings own => own,
        _ => JsonSerializer.Deserialize<IbkePromptExecutionSettings>(JsonSerializer.Serialize(settings, settings.GetType()))!,
    };

    /// <inheritdoc/>
    public override void Freeze()
    {
        if (!IsFrozen)
        {
            base.Freeze();
            _stopSequences = _stopSequences is null ? null : System.Collections.Immutable.ImmutableArray.CreateRange(_stopSequences);
        }
    }

    /// <inheritdoc/>
    public override PromptExecutionSettings Clone() => new IbkePromptExecutionSettings
    {
        ServiceId = ServiceId,
        ModelId = ModelId,
        FunctionChoiceBehavior = FunctionChoiceBehavior,
        ExtensionData = ExtensionData is null ? null : new Dictionary<string, object>(ExtensionData),
        Temperature = Temperature,
        TopP = TopP,
        TopK = TopK,
        MinP = MinP,
        RepetitionPenalty = RepetitionPenalty,
        FrequencyPenalty = FrequencyPenalty,
        PresencePenalty = PresencePenalty,
        Seed = Seed,
        MaxTokens = MaxTokens,
        StopSequences = StopSequences is null ? null : [.. StopSequences],
        ResponseFormat = ResponseFormat,
    };

    private void Set<T>(ref T field, T value)
    {
        ThrowIfFrozen();
        field = value;
    }
}
