using System.Text.Json;
using System.Text.Json.Serialization;
using Ibke.Runtime.Training.Batches;
using Ibke.Runtime.Training.Schedules;

namespace Ibke.Runtime.Training.LanguageModels;

/// <summary>
/// All that a language model is trained by. The same recipe and files give the same model, to the bit, on one kind of processor. In a file it is one
/// JSON object with these names in snake case; paths count from the folder of the file.
/// </summary>
public sealed record TrainingRecipe
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        RespectNullableAnnotations = true,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower), new StepValuesConverter() },
    };

    /// <summary>The folder of a model of any family that is trained on; null for one that begins with random weights.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StartFrom { get; init; }

    /// <summary>A network that begins with random weights: blocks of Llama with the embedding as output matrix.</summary>
    public NetworkSizes? Model { get; init; }

    /// <summary>The tokenizer of a network that begins with random weights.</summary>
    public TokenizerChoice? Tokenizer { get; init; }

    /// <summary>The file of the chat template; null for that of the model that is trained on, or for a model that learns texts only.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>What is learned; at least one file.</summary>
    public required IReadOnlyList<DataShare> Data { get; init; }

    /// <summary>
    /// The share of the tokens of a step that are random tokens repeated, in [0, 1]: what teaches a network to copy names and ids it has never seen.
    /// The files share the rest. Default none.
    /// </summary>
    public StepValues CopyingShare { get; init; } = new(0);

    /// <summary>
    /// The length of the longest of these rows in tokens, at least 8; cut to the context. Begin short: in long rows a network first learns
    /// which tokens occur, and may stay with that. Default 96.
    /// </summary>
    public StepValues CopyingLength { get; init; } = new(96);

    /// <summary>The number of steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Tokens of a step, on average over steps: documents are not cut.</summary>
    public int TokensPerStep { get; init; } = 7000;

    /// <summary>The most tokens that go through the network at once; more tokens of a step follow in further passes. Default: all at once.</summary>
    public int? TokensPerPass { get; init; }

    /// <summary>Optimizers and rates.</summary>
    public OptimizerChoice Optimizer { get; init; } = new();

    /// <summary>Chooses initial weights, the order of documents, and copying rows.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Steps between checkpoints.</summary>
    public int CheckpointEvery { get; init; } = 100;

    /// <summary>Reads a recipe; its paths are then full ones.</summary>
    /// <exception cref="InvalidDataException">The file is missing or no recipe; the message says what to correct.</exception>
    public static TrainingRecipe Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        TrainingRecipe recipe;
        try
        {
            recipe = JsonSerializer.Deserialize<TrainingRecipe>(File.ReadAllBytes(path), _json)
                ?? throw new InvalidDataException($"{path}: the recipe is null. Give a JSON object.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidDataException($"{path}: there is no such recipe. Check its name.", e);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }

        if (recipe.Data.Contains(null!) || recipe.Tokenizer?.TrainOn.Contains(null!) == true)
        {
            throw new InvalidDataException($"{path}: an entry of 'data' or of 'train_on' is null. Leave it out.");
        }

        recipe = recipe.WithPaths(file => Path.Combine(folder, file));
        return (recipe.FindProblem() ?? recipe.FindMissingFile()) is { } problem ? throw new InvalidDataException($"{path}: {problem}") : recipe;
    }

    /// <summary>As one JSON object.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, _json);

    /// <summary>The same with other paths.</summary>
    internal TrainingRecipe WithPaths(Func<string, string> path) => this with
    {
        StartFrom = StartFrom is { } start ? path(start) : null,
        Tokenizer = Tokenizer is { } tokenizer
            ? tokenizer with { Folder = tokenizer.Folder is { } given ? path(given) : null, TrainOn = [.. tokenizer.TrainOn.Select(path)] }
            : null,
        ChatTemplate = ChatTemplate is { } template ? path(template) : null,
        Data = [.. Data.Select(data => data with { File = path(data.File) })],
    };

    private string? FindMissingFile() => Data.Select(data => data.File).Concat(Tokenizer?.TrainOn ?? []).Concat(ChatTemplate is null ? [] : [ChatTemplate])
        .FirstOrDefault(file => !File.Exists(file)) is { } missing
        ? $"There is no file {missing}. Correct its name, or make it; paths count from the folder of the recipe."
        : null;

    /// <summary>What makes it impossible and what to do, as sentences; null where nothing does.</summary>
    internal string? FindProblem()
    {
        (string Name, long Value)[] positive =
        [
            ("steps", Steps), ("tokens_per_step", TokensPerStep), ("tokens_per_pass", TokensPerPass ?? 1), ("checkpoint_every", CheckpointEvery),
        ];
        return positive.Where(number => number.Value <= 0).Select(number => $"'{number.Name}' is {number.Value}. Give a positive number.").FirstOrDefault()
            ?? (Data.Count == 0 ? "'data' is empty. Name at least one file." : null)
            ?? (Data.GroupBy(data => data.Name).FirstOrDefault(group => group.Count() > 1) is { } twice ? $"Two entries of 'data' are called '{twice.Key}'. Give one of them a 'name'." : null)
            ?? (Data.Any(data => data.Share.Values.Any(share => !(share >= 0))) ? "A 'share' of 'data' is negative. Give 0 or more." : null)
            ?? (FindStepWithoutData() is { } step ? $"At step {step} every 'share' of 'data' is 0. Give one of them more." : null)
            ?? (CopyingShare.Values.Any(share => !(share is >= 0 and < 1)) ? "'copying_share' must be at least 0 and below 1." : null)
            ?? (CopyingLength.Values.Any(length => !(length >= CopyingRows.ShortestLength)) ? $"'copying_length' must be at least {CopyingRows.ShortestLength}." : null)
            ?? (StartFrom is null && (Model is null || Tokenizer is null) ? "There is neither 'start_from', nor 'model' and 'tokenizer'. Give the one or the others." : null)
            ?? (StartFrom is not null && (Model is not null || Tokenizer is not null) ? "A model that is trained on has its own 'model' and 'tokenizer'. Leave them out, or 'start_from'." : null)
            ?? Tokenizer?.FindProblem() ?? Optimizer.FindProblem() ?? Model?.FindProblem();
    }

    private int? FindStepWithoutData() => Data.SelectMany(data => data.Share.Pieces).Select(piece => piece.Until ?? 0).Order()
        .Where(step => Data.All(data => data.Share.At(step) == 0)).Cast<int?>().FirstOrDefault();
}
