namespace Ibke.Runtime.Checkpoints;

/// <summary>
/// What a model folder says about generation: <c>generation_config.json</c>, and the token ids of <c>config.json</c> where that says nothing.
/// A value is null where neither file has it.
/// </summary>
public sealed record GenerationConfig
{
    /// <summary>Nothing said.</summary>
    public static GenerationConfig Empty { get; } = new();

    /// <summary>The tokens that end an answer; may be empty.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>The token that begins a text.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>The token that fills up rows of a batch.</summary>
    public int? PadTokenId { get; init; }

    /// <summary>Whether tokens are drawn at random rather than the likeliest taken.</summary>
    public bool? DoSample { get; init; }

    /// <summary>Divides the logits; ≥ 0.</summary>
    public float? Temperature { get; init; }

    /// <summary>Only so many of the likeliest tokens are drawn from; 0 means all.</summary>
    public int? TopK { get; init; }

    /// <summary>Only the likeliest tokens that together have this probability are drawn from; in (0, 1].</summary>
    public float? TopP { get; init; }

    /// <summary>Divides the logits of tokens that have occurred; &gt; 0.</summary>
    public float? RepetitionPenalty { get; init; }

    /// <summary>The most tokens an answer has; ≥ 1.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>Reads what a folder says. Both files may be missing.</summary>
    /// <exception cref="CheckpointException">A file is damaged, or a value is out of its range.</exception>
    public static GenerationConfig Load(string folder)
    {
        ConfigFile? generation = ConfigFile.TryOpen(folder, "generation_config.json");
        ConfigFile? model = ConfigFile.TryOpen(folder, "config.json");
        return new GenerationConfig
        {
            EosTokenIds = Source("eos_token_id")?.GetInts("eos_token_id") ?? [],
            BosTokenId = Source("bos_token_id")?.GetInt("bos_token_id"),
            PadTokenId = Source("pad_token_id")?.GetInt("pad_token_id"),
            DoSample = Read("do_sample", (file, key) => file.GetBool(key), _ => true, ""),
            Temperature = Read("temperature", (file, key) => file.GetFloat(key), value => value >= 0, "at least 0"),
            TopK = Read("top_k", (file, key) => file.GetInt(key), value => value >= 0, "at least 0"),
            TopP = Read("top_p", (file, key) => file.GetFloat(key), value => value is > 0 and <= 1, "above 0 and at most 1"),
            RepetitionPenalty = Read("repetition_penalty", (file, key) => file.GetFloat(key), value => value > 0, "above 0"),
            MaxNewTokens = Read("max_new_tokens", (file, key) => file.GetInt(key), value => value >= 1, "at least 1"),
        };

        ConfigFile? Source(string key) => generation?.Has(key) == true ? generation : model?.Has(key) == true ? model : null;

        T? Read<T>(string key, Func<ConfigFile, string, T> read, Func<T, bool> valid, string range)
            where T : struct
        {
            if (generation?.Has(key) != true)
            {
                return null;
            }

            T value = read(generation, key);
            return valid(value)
                ? value
                : throw new CheckpointException(generation.Path, $"the key '{key}' is {value}; it must be {range}", "Correct the value.");
        }
    }
}
