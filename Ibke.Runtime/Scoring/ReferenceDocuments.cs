using Ibke.Runtime.Models;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Scoring;

/// <summary>Reads the text on which methods of editing learn what they are to leave alone.</summary>
public static class ReferenceDocuments
{
    // Methods use no more.
    private const int MostTokens = 1 << 16;

    /// <summary>Reads files in turns, a document of each, until there are some ten thousands of tokens.</summary>
    /// <param name="model">Has a folder with a tokenizer; conversations need its chat template.</param>
    /// <param name="paths"><c>.jsonl</c>: training documents (conversations or texts). Any other file: plain text, each line that is not blank a document.</param>
    /// <exception cref="ScoreException">A file cannot be read or holds nothing; names it and where.</exception>
    public static IReadOnlyList<ReadOnlyMemory<int>> Read(LanguageModel model, IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(paths);
        DocumentReader reader = DocumentReader.Load(model.Folder);
        List<IEnumerator<ReadOnlyMemory<int>>> files = [];
        List<ReadOnlyMemory<int>> documents = [];
        try
        {
            files.AddRange(paths.Select(path => (path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) ? Lines(path, reader) : Plain(model, path)).GetEnumerator()));
            int tokens = 0, before = -1;
            while (tokens < MostTokens && documents.Count > before)
            {
                before = documents.Count;
                documents.AddRange(files.Where(file => file.MoveNext()).Select(file => file.Current));
                tokens += documents.Skip(before).Sum(document => document.Length);
            }
        }
        catch (TrainingDataException e)
        {
            throw new ScoreException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ScoreException($"The reference text cannot be read: {e.Message}", e);
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }

        return documents.Count > 0 ? documents : throw new ScoreException($"{string.Join(", ", paths)}: there is no text.");
    }

    private static IEnumerable<ReadOnlyMemory<int>> Lines(string path, DocumentReader reader)
    {
        using DocumentFile file = DocumentFile.Open(path, reader);
        for (int i = 0; i < file.Count; i++)
        {
            foreach (TrainingDocument document in file.Read(i))
            {
                yield return document.Ids;
            }
        }
    }

    private static IEnumerable<ReadOnlyMemory<int>> Plain(LanguageModel model, string path) => File.ReadLines(path)
        .Where(line => !string.IsNullOrWhiteSpace(line))
        .Select(line => new ReadOnlyMemory<int>([.. model.Tokenizer.Encode(line.Trim())]));
}
