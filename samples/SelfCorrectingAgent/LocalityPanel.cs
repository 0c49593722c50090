using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge;
using Microsoft.Extensions.AI;

namespace Ibke.Samples.SelfCorrectingAgent;

/// <summary>Questions that no edit of the story is about, asked of the bare model, each in a conversation of its own.</summary>
internal sealed class LocalityPanel(IChatClient client, IReadOnlyList<string> questions)
{
    public IReadOnlyList<string> Questions { get; } = questions;

    private const int Neighbours = 24;
    private const int Others = 24;

    /// <summary>
    /// Takes neighbours – what else the model knows of the directory's subjects, in any wording of its card – and questions of the card
    /// about other subjects, unknown names and small talk.
    /// </summary>
    public static async Task<LocalityPanel> ChooseAsync(
        IChatClient client, ModelCard card, FileFactSource directory, int seed, CancellationToken cancellationToken)
    {
        Random random = new(seed);
        HashSet<(int Group, string Subject)> facts = [];
        foreach (string question in directory.Questions())
        {
            if (card.Match(question) is { } match)
            {
                facts.Add((match.Group, match.Subject));
            }
        }

        LocalityPanel neighbours = new(client, Wordings(card, facts, random));
        IReadOnlyList<string> answers = await neighbours.AskAsync(cancellationToken);
        IEnumerable<string> known = neighbours.Questions.Where((_, i) => answers[i] != card.UnknownAnswer).Take(Neighbours);

        string[] others = [.. card.Locality.Where(question => card.Match(question) is not { } match || !facts.Contains((match.Group, match.Subject)))];
        random.Shuffle(others);
        return new LocalityPanel(client, [.. known, .. others.Take(Others)]);
    }

    public async Task<IReadOnlyList<string>> AskAsync(CancellationToken cancellationToken)
    {
        List<string> answers = [];
        foreach (string question in Questions)
        {
            ChatResponse response = await client.GetResponseAsync(question, new ChatOptions { Temperature = 0 }, cancellationToken);
            answers.Add(response.Text);
        }

        return answers;
    }

    /// <summary>Every relation of the card asked of every subject, each in one wording, without the facts themselves.</summary>
    private static string[] Wordings(ModelCard card, HashSet<(int Group, string Subject)> facts, Random random)
    {
        string[] questions =
        [
            .. facts.Select(fact => fact.Subject).Distinct()
                .SelectMany(subject => Enumerable.Range(0, card.Rephrasings.Count).Select(group => (group, subject)))
                .Where(pair => !facts.Contains(pair))
                .Select(pair =>
                {
                    IReadOnlyList<string> wordings = card.Rephrasings[pair.group];
                    return wordings[random.Next(wordings.Count)].Replace("{s}", pair.subject, StringComparison.Ordinal);
                }),
        ];
        random.Shuffle(questions);
        return questions;
    }
}
