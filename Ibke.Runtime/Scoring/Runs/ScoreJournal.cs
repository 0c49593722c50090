using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ibke.Runtime.Scoring.Runs;

/// <summary>
/// What a run has done so far, as JSON lines in its folder. A line is written at once and whole lines count: a run that was killed at any moment
/// goes on where the last whole line ends.
/// </summary>
/// <remarks>Used by one thread.</remarks>
internal sealed class ScoreJournal : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string FileName = "journal.jsonl";

    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly FileStream _file;
    private readonly List<JournalEntry> _entries;

    private ScoreJournal(FileStream file, List<JournalEntry> entries)
    {
        _file = file;
        _entries = entries;
    }

    /// <summary>Everything written so far, in order.</summary>
    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>Opens the journal of a folder, or begins one.</summary>
    /// <exception cref="ScoreException">It is of another run, is damaged, or cannot be written; says what to do.</exception>
    public static ScoreJournal Open(string folder, RunIdentity identity)
    {
        string path = Path.Combine(folder, FileName);
        FileStream? file = null;
        try
        {
            Directory.CreateDirectory(folder);
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            ScoreJournal journal = new(file, Read(path, file));
            if (journal.Entries.Count == 0)
            {
                journal.Add(identity);
            }
            else if (journal.Entries[0] as RunIdentity != identity)
            {
                throw new ScoreException($"{path} is of a run with {Difference(journal.Entries[0], identity)}. Name another folder, or remove that one.");
            }

            return journal;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new ScoreException($"{path} cannot be written: {e.Message}", e);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Writes an entry; it is in the file when this returns.</summary>
    public void Add(JournalEntry entry)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(entry, _json), (byte)'\n'];
        _file.Write(line);
        _file.Flush();
        _entries.Add(entry);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static List<JournalEntry> Read(string path, FileStream file)
    {
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        int whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        file.SetLength(whole);
        List<JournalEntry> entries = [];
        string[] lines = Encoding.UTF8.GetString(bytes, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (int number = 0; number < lines.Length; number++)
        {
            entries.Add(Parse(path, number + 1, lines[number]));
        }

        return entries;
    }

    private static JournalEntry Parse(string path, int number, string line)
    {
        try
        {
            return JsonSerializer.Deserialize<JournalEntry>(line, _json) ?? throw new JsonException("The line says nothing.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new ScoreException($"{path}, line {number} is damaged ({e.Message}). Remove the line, and what it says is done again.", e);
        }
    }

    private static string Difference(JournalEntry found, RunIdentity wanted) => found is not RunIdentity other ? "no first line"
        : other.Model != wanted.Model ? "another model"
        : other.Editor != wanted.Editor ? "another editor"
        : other.Cases != wanted.Cases ? "other cases"
        : other.Skills != wanted.Skills ? "other tool conversations"
        : other.Tuning != wanted.Tuning ? "other validation cases"
        : other.Training != wanted.Training ? "other training cases"
        : "another reference text";
}
