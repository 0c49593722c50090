using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Tokenization;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Training.Editors;

/// <summary>Conversations and texts that edits must leave as they are: those that come with the edits, and those of files.</summary>
internal sealed class KeptConversations : IDisposable
{
    private const int TriesPerConversation = 10;

    private readonly DocumentReader _reader;
    private readonly List<DocumentFile> _files = [];
    private readonly Tokenizer _tokenizer;

    /// <summary>Opens the files.</summary>
    /// <param name="reader">Makes documents of conversations.</param>
    /// <param name="paths">Conversations and texts about anything.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <exception cref="TrainingDataException">A file is not there, or has no lines.</exception>
    public KeptConversations(DocumentReader reader, IReadOnlyList<string> paths, Tokenizer tokenizer)
    {
        (_reader, _tokenizer) = (reader, tokenizer);
        try
        {
            foreach (string path in paths)
            {
                _files.Add(DocumentFile.Open(path, reader));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Draws conversations that are not too long: as many of those of the edits, where they have some, as of each file; of the files those that name the subject
    /// of no edit in force.
    /// </summary>
    /// <exception cref="TrainingDataException">A conversation cannot be used.</exception>
    public IReadOnlyList<ScoredPrompt> Draw(
        RandomSource random, int count, int longest, IReadOnlyList<EditCase> edits, IReadOnlyList<EditedFact> inForce)
    {
        EditCase[] talking = [.. edits.Where(edit => edit.Keep.Count > 0)];
        List<ScoredPrompt> chosen = [];
        for (int tries = 0; chosen.Count < count && tries < count * TriesPerConversation; tries++)
        {
            int sources = _files.Count + (talking.Length > 0 ? 1 : 0);
            if (sources == 0)
            {
                break;
            }

            int source = (int)(random.NextDouble() * sources);
            bool own = source == _files.Count;
            TrainingDocument document = own ? OfEdit(random, talking) : OfFile(random, _files[source]);
            if (document.Length <= longest && (own || !Names(document, inForce)))
            {
                chosen.Add(Prompt(document));
            }
        }

        return chosen;
    }

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    private static ScoredPrompt Prompt(TrainingDocument document)
    {
        ReadOnlySpan<int> ids = document.Ids.Span;
        List<int> rows = [];
        for (int i = 1; i < ids.Length; i++)
        {
            if (document.Weights.Span[i] != 0)
            {
                rows.Add(i - 1);
            }
        }

        int[] targets = new int[rows.Count];
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = ids[rows[i] + 1];
        }

        return new ScoredPrompt(PromptRole.KeptConversation, ids[..^1].ToArray(), [.. rows], targets);
    }

    private static TrainingDocument OfFile(RandomSource random, DocumentFile file) => file.Read((int)(random.NextDouble() * file.Count))[0];

    private TrainingDocument OfEdit(RandomSource random, EditCase[] edits)
    {
        EditCase edit = edits[(int)(random.NextDouble() * edits.Length)];
        int index = (int)(random.NextDouble() * edit.Keep.Count);
        return _reader.Read($"case {edit.Id}, \"keep\"", index + 1, edit.Keep[index])[0];
    }

    private bool Names(TrainingDocument document, IReadOnlyList<EditedFact> inForce)
    {
        string text = _tokenizer.Decode(document.Ids.ToArray());
        return inForce.Any(fact => fact.Subject is { } subject && text.Contains(subject, StringComparison.Ordinal));
    }
}
