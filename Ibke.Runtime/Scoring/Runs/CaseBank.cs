using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring.Questions;
using Ibke.Runtime.Scoring.Replies;

namespace Ibke.Runtime.Scoring.Runs;

/// <summary>Cases with what the unedited model says to their neighbours, which is asked once and kept in the journal.</summary>
internal sealed class CaseBank(
    LanguageModel model, ModelCard card, PromptEncoder encoder, BatchedDecoding decoding, ScoreJournal journal, CaseSet set, IReadOnlyList<EditCase> cases)
{
    private const int CasesAtOnce = 16;

    private readonly Dictionary<int, IReadOnlyList<Reply>> _replies = journal.Entries.OfType<BaseReplies>()
        .Where(entry => entry.Set == set)
        .ToDictionary(entry => entry.Case, entry => entry.Replies);

    private readonly Dictionary<int, PreparedCase> _prepared = [];

    /// <summary>The number of cases.</summary>
    public int Count => cases.Count;

    /// <summary>The cases of a range, not yet asked.</summary>
    public IReadOnlyList<EditCase> Sources(int first, int count) => [.. cases.Skip(first).Take(count)];

    /// <summary>Asks the unedited model the neighbours of the first cases, as far as that has not been done.</summary>
    public void Prepare(int count, Action<int> progress, CancellationToken cancellationToken)
    {
        int[] missing = [.. Enumerable.Range(0, count).Where(i => !_replies.ContainsKey(i))];
        foreach (int[] places in missing.Chunk(CasesAtOnce))
        {
            IReadOnlyList<IReadOnlyList<int>>[] prompts = [.. places.Select(i => PreparedCase.NeighbourPrompts(cases[i], encoder))];
            IReadOnlyList<Reply> replies = decoding.Generate(WeightVersion.Base, [.. prompts.SelectMany(of => of)], cancellationToken);
            int at = 0;
            foreach ((int place, IReadOnlyList<IReadOnlyList<int>> own) in places.Zip(prompts))
            {
                _replies[place] = [.. replies.Skip(at).Take(own.Count)];
                journal.Add(new BaseReplies(set, place, _replies[place]));
                at += own.Count;
            }

            progress(_replies.Count);
        }
    }

    /// <summary>A case of those that were prepared.</summary>
    public PreparedCase this[int place] => _prepared.TryGetValue(place, out PreparedCase? known)
        ? known
        : _prepared[place] = PreparedCase.Create(model, card, encoder, place, cases[place], _replies[place]);
}
