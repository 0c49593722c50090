using System.Diagnostics;
using System.Text;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>Settings of in-context editing.</summary>
internal sealed record InContextSettings
{
    /// <summary>The most facts that stand before a question; null for all.</summary>
    public int? Facts { get; init; } = 1;

    /// <summary>What stands before the facts.</summary>
    public string Introduction { get; init; } = "Given:";
}

/// <summary>
/// In-context editing: the weights stay as they are, and the edits, as statements where there are any, stand before the question; all of them, or those that share most words with
/// it, rare words counting more (the sum of log(1 + n / occurrences) over the shared words).
/// </summary>
/// <remarks>
/// C. Zheng et al., Can We Edit Factual Knowledge by In-Context Learning?, arXiv 2305.12740; lexical retrieval in the place of its nearest
/// neighbours. A question that shares no word with any edit is asked as it is.
/// </remarks>
internal sealed class InContextMethod(EditedModel model, InContextSettings settings) : IEditMethod
{
    /// <inheritdoc/>
    public string Name => settings.Facts is null ? "in-context-all" : "in-context";

    /// <inheritdoc/>
    public EditsInForce Apply(IReadOnlyList<EditRequest> requests, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        cancellationToken.ThrowIfCancellationRequested();
        long start = Stopwatch.GetTimestamp();
        foreach (EditRequest request in requests)
        {
            model.Texts.Create(request); // refuses what no method can use
        }

        string[] facts = [.. requests.Select(request => Sentence(model.Texts.Complete(request))).Order(StringComparer.Ordinal)];
        HashSet<string>[] words = [.. facts.Select(Words)];
        Dictionary<string, int> occurrences = words.SelectMany(set => set).CountBy(word => word).ToDictionary();
        return new EditsInForce(
            question => Context(question, facts, words, occurrences),
            facts.Sum(fact => (long)Encoding.UTF8.GetByteCount(fact)),
            Stopwatch.GetElapsedTime(start));
    }

    private string Context(string question, string[] facts, HashSet<string>[] words, Dictionary<string, int> occurrences)
    {
        if (settings.Facts is { } most)
        {
            HashSet<string> asked = Words(question);
            facts = [.. facts
                .Select((fact, i) => (fact, score: words[i].Where(asked.Contains).Sum(word => Math.Log(1 + ((double)words.Length / occurrences[word])))))
                .Where(scored => scored.score > 0)
                .OrderByDescending(scored => scored.score)
                .Take(most)
                .Select(scored => scored.fact)];
        }

        return facts.Length == 0 ? "" : $"{settings.Introduction} {string.Join(' ', facts)}";
    }

    private static string Sentence(EditRequest request) =>
        string.IsNullOrWhiteSpace(request.Statement) ? $"{request.Prompt} {request.Answer.TrimEnd('.')}." : request.Statement.Trim();

    private static HashSet<string> Words(string text)
    {
        string plain = new([.. text.Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')]);
        return [.. plain.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
    }
}
