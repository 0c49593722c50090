using System.Text;
using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge.Sources;

/// <summary>Facts that stand in a file, which is read again when it changes.</summary>
/// <remarks>
/// Thread-safe. A question finds a row that asks the same: case, spacing and final punctuation do not count, and the wordings of
/// a model's card that ask the same are one question. Where several rows concern one fact, the newest counts. A file that cannot
/// be read gives an exception that names the bad rows; the next question tries again.
/// </remarks>
public abstract class FileFactSource : IFactCatalog
{
    private static readonly Encoding StrictUtf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Lock _loading = new();
    private readonly ModelCard _card;
    private ((DateTime, long) Stamp, FactTable Facts)? _content;

    private protected FileFactSource(string path, ModelCard? card)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FilePath = Path.GetFullPath(path);
        _card = card ?? ModelCard.Empty;
    }

    /// <summary>The name of the file.</summary>
    public string Name => Path.GetFileName(FilePath);

    /// <inheritdoc/>
    public string Class { get; init; } = "file";

    /// <summary>The full path of the file.</summary>
    public string FilePath { get; }

    /// <inheritdoc/>
    public Task<SourcedFact?> AskAsync(string question, string? subject = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Read().Find(question));
    }

    /// <summary>The questions of the file, in its order.</summary>
    /// <exception cref="FactSourceException">The file cannot be read.</exception>
    public IReadOnlyList<string> Questions() => [.. Read().Rows.Select(row => row.Question)];

    /// <inheritdoc/>
    public Task<IReadOnlyList<CatalogFact>> ListAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Read().Rows);
    }

    /// <summary>Reads the rows of the file's text; bad ones are told to <paramref name="report"/> and passed over.</summary>
    /// <exception cref="FormatException">The text as a whole cannot be read.</exception>
    private protected abstract IEnumerable<FactRow> Parse(string text, Action<string> report);

    private FactTable Read()
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
                if (_content is not { } content || content.Stamp != stamp)
                {
                    _content = content = (stamp, FactTable.Create(_card, Name, FilePath, report => Parse(File.ReadAllText(FilePath, StrictUtf8), report)));
                }

                return content.Facts;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or DecoderFallbackException)
            {
                throw new FactSourceException($"{FilePath} cannot be read: {error.Message}", error);
            }
        }
    }
}
