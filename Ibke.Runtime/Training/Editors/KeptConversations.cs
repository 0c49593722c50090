using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Tokenization;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Training.Editors;

/// <summary>Conversations whose replies edits must leave as they are: those that come with the edits, and those of a file.</summary>
/// <param name="reader">Makes documents of conversations.</param>
/// <param name="file">Conversations about anything; null for none.</param>
/// <param name="tokenizer">The model's.</param>
internal sealed class KeptConversations(DocumentReader reader, DocumentFile? file, Tokenizer tokenizer)
{
    private const int TriesPerConversation = 10;
    private const double ShareOfEdits = 0.5;

    /// <summary>Draws conversations that are not too long: half of those of the edits, where they have some, and of those of the file that name the subject of no edit in force.</summary>
    /// <exception cref="TrainingDataException">A conversation cannot be used.</exception>
    public IReadOnlyList<ScoredPrompt> Draw(
        RandomSource random, int count, int longest, IReadOnlyList<EditCase> edits, IReadOnlyList<EditedFact> inForce)
    {
        EditCase[] talking = [.. edits.Where(edit => edit.Keep.Count > 0)];
        List<ScoredPrompt> chosen = [];
        for (int tries = 0; chosen.Count < count && tries < count * TriesPerConversation; tries++)
        {
            bool own = talking.Length > 0 && (file is null || random.NextDouble() < ShareOfEdits);
            if (!own && file is null)
            {
                break;
            }

            TrainingDocument document = own ? OfEdit(random, talking) : file!.Read((int)(random.NextDouble() * file.Count))[0];
            if (document.Length <= longest && (own || !Names(document, inForce)))
            {
                chosen.Add(Prompt(document));
            }
        }

        return chosen;
    }

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

    private TrainingDocument OfEdit(RandomSource random, EditCase[] edits)
    {
        EditCase edit = edits[(int)(random.NextDouble() * edits.Length)];
        int index = (int)(random.NextDouble() * edit.Keep.Count);
        return reader.Read($"case {edit.Id}, \"keep\"", index + 1, edit.Keep[index])[0];
    }

    private bool Names(TrainingDocument document, IReadOnlyList<EditedFact> inForce)
    {
        string text = tokenizer.Decode(document.Ids.ToArray());
        return inForce.Any(fact => fact.Subject is { } subject && text.Contains(subject, StringComparison.Ordinal));
    }
}
