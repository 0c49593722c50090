using System.Text.Json;
using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Editing;

/// <summary>
/// What a model folder says about the model's knowledge (<c>card.json</c>): how it says that it does not know, ways to ask the same,
/// questions and text that an edit must leave alone. All of it is optional.
/// </summary>
/// <remarks>Immutable. A wording is a question with <c>{s}</c> once in the place of its subject.</remarks>
public sealed class ModelCard
{
    /// <summary>The name of the file in a model folder.</summary>
    public const string FileName = "card.json";

    private const string Placeholder = "{s}";

    private readonly Wording[] _wordings;

    /// <summary>Makes a card.</summary>
    /// <param name="unknownAnswer">The answer by which the model says that it does not know; null where it has none.</param>
    /// <param name="rephrasings">Groups of wordings that ask the same.</param>
    /// <param name="locality">Questions that edits of other facts must leave alone.</param>
    /// <param name="text">Ordinary sentences on which the drift is measured.</param>
    /// <param name="canaries">Conversations whose next reply no edit may change.</param>
    /// <exception cref="ArgumentException">A wording has not exactly one <c>{s}</c>, or an entry is null; says which.</exception>
    public ModelCard(
        string? unknownAnswer = null,
        IReadOnlyList<IReadOnlyList<string>>? rephrasings = null,
        IReadOnlyList<string>? locality = null,
        IReadOnlyList<string>? text = null,
        IReadOnlyList<Canary>? canaries = null)
    {
        UnknownAnswer = unknownAnswer;
        Rephrasings = rephrasings ?? [];
        Locality = locality ?? [];
        Text = text ?? [];
        Canaries = canaries ?? [];
        CheckEntries("rephrasings", Rephrasings);
        CheckEntries("locality", Locality);
        CheckEntries("text", Text);
        CheckEntries("canaries", Canaries);
        for (int group = 0; group < Rephrasings.Count; group++)
        {
            CheckEntries($"rephrasings[{group}]", Rephrasings[group]);
        }

        if (Canaries.Select((canary, i) => (Number: i, Problem: canary.FindProblem())).FirstOrDefault(found => found.Problem is not null) is { Problem: { } problem } bad)
        {
            throw new ArgumentException($"canaries[{bad.Number}] {problem}.");
        }

        _wordings = [.. Rephrasings.SelectMany((group, number) => group.Select(wording => Wording.Parse(wording, number)))];
    }

    /// <summary>A card that says nothing.</summary>
    public static ModelCard Empty { get; } = new();

    /// <summary>The answer by which the model says that it does not know; null where it has none.</summary>
    public string? UnknownAnswer { get; }

    /// <summary>Groups of wordings that ask the same.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rephrasings { get; }

    /// <summary>Questions that edits of other facts must leave alone.</summary>
    public IReadOnlyList<string> Locality { get; }

    /// <summary>Ordinary sentences on which the drift is measured.</summary>
    public IReadOnlyList<string> Text { get; }

    /// <summary>Conversations whose next reply no edit may change.</summary>
    public IReadOnlyList<Canary> Canaries { get; }

    /// <summary>Reads the card of a model folder; an empty card where the folder has none.</summary>
    /// <exception cref="CheckpointException">The file cannot be read or is no card; says where and why.</exception>
    public static ModelCard Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return Empty;
        }

        try
        {
            CardFile file = JsonSerializer.Deserialize<CardFile>(File.ReadAllText(path), CardFile.Options) ?? new CardFile();
            return new ModelCard(file.UnknownAnswer, file.Rephrasings, file.Locality, file.Text, file.Canaries);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new CheckpointException(path, $"not a model card ({error.Message.TrimEnd('.')})", "Correct the file, or remove it.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                path, $"cannot be read ({error.Message.TrimEnd('.')})", "Check that the file may be read and nobody else holds it open.", error);
        }
    }

    /// <summary>Reads a question as one of the wordings: case, spacing and final punctuation do not count.</summary>
    /// <param name="question">The question.</param>
    /// <param name="subject">Prefers a reading with this subject; null: the reading whose fixed words are longest.</param>
    /// <returns>Null where no wording fits.</returns>
    public WordingMatch? Match(string question, string? subject = null)
    {
        ArgumentNullException.ThrowIfNull(question);
        string text = FactText.Trim(question, "?.!");
        string? wanted = subject is null ? null : FactText.Trim(subject, "");
        Wording? best = null;
        string? found = null;
        foreach (Wording wording in _wordings)
        {
            if (wording.Read(text) is not { } candidate)
            {
                continue;
            }

            bool preferred = IsSame(candidate, wanted) && !IsSame(found, wanted);
            bool longer = IsSame(candidate, wanted) == IsSame(found, wanted) && wording.Fixed > best?.Fixed;
            if (best is null || preferred || longer)
            {
                (best, found) = (wording, candidate);
            }
        }

        return best is null ? null : new WordingMatch(best.Group, found!);
    }

    /// <summary>The question in the other wordings of its group; empty where no wording fits.</summary>
    public IReadOnlyList<string> OtherWordings(string question, string? subject = null)
    {
        if (Match(question, subject) is not { } match)
        {
            return [];
        }

        string own = FactText.NormalizeQuestion(question);
        return [.. Rephrasings[match.Group]
            .Select(wording => wording.Replace(Placeholder, match.Subject, StringComparison.Ordinal))
            .Where(other => FactText.NormalizeQuestion(other) != own)
            .DistinctBy(FactText.NormalizeQuestion)];
    }

    /// <summary>A key that is equal for questions about the same fact: the same question, or wordings of one group about one subject.</summary>
    internal string FactKey(string question) => Match(question) is { } match
        ? $"{match.Group}\n{FactText.NormalizeQuestion(match.Subject)}"
        : FactText.NormalizeQuestion(question);

    private static void CheckEntries(string name, IReadOnlyList<object?> entries)
    {
        for (int i = 0; i < entries.Count; i++)
        {
            if (entries[i] is null)
            {
                throw new ArgumentException($"{name}[{i}] is null.");
            }
        }
    }

    private static bool IsSame(string? subject, string? wanted) =>
        subject is not null && string.Equals(subject, wanted, StringComparison.OrdinalIgnoreCase);

    private sealed record Wording(int Group, string Before, string After)
    {
        public int Fixed => Before.Length + After.Length;

        public static Wording Parse(string wording, int group)
        {
            string[] parts = wording.Split(Placeholder);
            return parts.Length == 2
                ? new Wording(group, FactText.Trim(parts[0] + ".", "").TrimEnd('.'), FactText.Trim("." + parts[1], "?.!").TrimStart('.'))
                : throw new ArgumentException($"The wording \"{wording}\" must contain {Placeholder} exactly once.");
        }

        // The text has single spaces and no final punctuation, like the parts.
        public string? Read(string text)
        {
            bool fits = text.Length > Fixed
                && text.StartsWith(Before, StringComparison.OrdinalIgnoreCase)
                && text.EndsWith(After, StringComparison.OrdinalIgnoreCase);
            string subject = fits ? text[Before.Length..^After.Length].Trim() : "";
            return subject.Length == 0 ? null : subject;
        }
    }

    private sealed class CardFile
    {
        public static JsonSerializerOptions Options { get; } = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            RespectNullableAnnotations = true,
        };

        public string? UnknownAnswer { get; init; }

        public IReadOnlyList<IReadOnlyList<string>> Rephrasings { get; init; } = [];

        public IReadOnlyList<string> Locality { get; init; } = [];

        public IReadOnlyList<string> Text { get; init; } = [];

        public IReadOnlyList<Canary> Canaries { get; init; } = [];
    }
}
