using System.Collections.Frozen;
using System.Text;
using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge;

/// <summary>Facts that stand in a file, which is read again when it changes.</summary>
/// <remarks>
/// Thread-safe. A question finds a row that asks the same: case, spacing and final punctuation do not count, and the wordings of
/// a model's card that ask the same are one question. Where several rows concern one fact, the newest counts. A file that cannot
/// be read gives an exception that names the bad rows; the next question tries again.
/// </remarks>
public abstract class FileFactSource : IFactSource
{
    private const int ReportedErrors = 5;

    private static readonly Encoding StrictUtf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Lock _loading = new();
    private readonly ModelCard _card;
    private Content? _content;

    private protected FileFactSource(string path, ModelCard? card)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FilePath = Path.GetFullPath(path);
        _card = card ?? ModelCard.Empty;
    }

    /// <summary>The name of the file.</summary>
    public string Name => Path.GetFileName(FilePath);

    /// <summary>The full path of the file.</summary>
    public string FilePath { get; }

    /// <inheritdoc/>
    public Task<SourcedFact?> AskAsync(string question, string? subject = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Read().Facts.GetValueOrDefault(_card.FactKey(question)));
    }

    /// <summary>The questions of the file, in its order.</summary>
    /// <exception cref="FactSourceException">The file cannot be read.</exception>
    public IReadOnlyList<string> Questions() => Read().Questions;

    /// <summary>Reads the rows of the file's text; bad ones are told to <paramref name="report"/> and passed over.</summary>
    /// <exception cref="FormatException">The text as a whole cannot be read.</exception>
    private protected abstract IEnumerable<FactRow> Parse(string text, Action<string> report);

    private Content Read()
    {
        lock (_loading)
        {
            try
            {
                FileInfo file = new(FilePath);
                if (!file.Exists)
                {
                    throw new FactSourceException($"There is no file {FilePath}.");
                }

                (DateTime, long) stamp = (file.LastWriteTimeUtc, file.Length);
                if (_content is null || _content.Stamp != stamp)
                {
                    _content = Load(stamp);
                }

                return _content;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or DecoderFallbackException)
            {
                throw new FactSourceException($"{FilePath} cannot be read: {error.Message}", error);
            }
        }
    }

    private Content Load((DateTime, long) stamp)
    {
        List<string> errors = [];
        Dictionary<string, FactRow> facts = [];
        List<string> questions = [];
        try
        {
            foreach (FactRow row in Parse(File.ReadAllText(FilePath, StrictUtf8), errors.Add))
            {
                questions.Add(row.Question);
                Add(facts, row, errors);
            }
        }
        catch (FormatException error)
        {
            errors.Add(error.Message);
        }

        if (errors.Count > 0)
        {
            string more = errors.Count > ReportedErrors ? $"; and {errors.Count - ReportedErrors} more" : "";
            throw new FactSourceException($"{FilePath}: {string.Join("; ", errors.Take(ReportedErrors))}{more}.");
        }

        return new Content(
            stamp, questions, facts.ToFrozenDictionary(f => f.Key, f => new SourcedFact(f.Value.Answer, Name, f.Value.AsOf)));
    }

    private void Add(Dictionary<string, FactRow> facts, FactRow row, List<string> errors)
    {
        string key = _card.FactKey(row.Question);
        if (!facts.TryGetValue(key, out FactRow? other) || Nullable.Compare(row.AsOf, other.AsOf) > 0)
        {
            facts[key] = row;
        }
        else if (row.AsOf == other.AsOf && !FactText.SameAnswer(row.Answer, other.Answer))
        {
            errors.Add($"{row.Place}: another answer to the same question, of the same day, as {other.Place}");
        }
    }

    private sealed record Content(
        (DateTime, long) Stamp, IReadOnlyList<string> Questions, FrozenDictionary<string, SourcedFact> Facts);
}
