using System.Text.Json;
using System.Text.Json.Serialization;
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

    /// <summary>The network: blocks of Llama with the embedding as output matrix.</summary>
    public required NetworkSizes Model { get; init; }

    /// <summary>The tokenizer.</summary>
    public required TokenizerChoice Tokenizer { get; init; }

    /// <summary>The file of the chat template; null for a model that learns texts only.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>What is learned; at least one file.</summary>
    public required IReadOnlyList<DataShare> Data { get; init; }

    /// <summary>
    /// The share of the tokens of a step that are random tokens repeated, in [0, 1]: what teaches a network to copy names and ids it has never seen.
    /// The files share the rest. Default none.
    /// </summary>
    public StepValues CopyingShare { get; init; } = new(0);

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

        recipe = recipe with
        {
            Tokenizer = recipe.Tokenizer with
            {
                Folder = recipe.Tokenizer.Folder is { } tokenizer ? Path.Combine(folder, tokenizer) : null,
                TrainOn = [.. recipe.Tokenizer.TrainOn.Select(file => Path.Combine(folder, file))],
            },
            ChatTemplate = recipe.ChatTemplate is { } template ? Path.Combine(folder, template) : null,
            Data = [.. recipe.Data.Select(data => data with { File = Path.Combine(folder, data.File) })],
        };
        return recipe.FindProblem() is { } problem ? throw new InvalidDataException($"{path}: {problem}") : recipe;
    }

    /// <summary>As one JSON object.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, _json);

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
            ?? (CopyingShare.Values.Any(share => !(share is >= 0 and < 1)) ? "'copying_share' must be at least 0 and below 1." : null)
            ?? Tokenizer.FindProblem() ?? Optimizer.FindProblem() ?? Model.FindProblem();
    }
}
