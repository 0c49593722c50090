using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Sources;
using Microsoft.Extensions.AI;

namespace Ibke.Samples.SelfCorrectingAgent;

/// <summary>Questions that no edit of the story is about, asked of the bare model, each in a conversation of its own.</summary>
internal sealed class LocalityPanel(IChatClient client, IReadOnlyList<string> questions)
{
    private const int Others = 24;

    public IReadOnlyList<string> Questions { get; } = questions;

    /// <summary>
    /// Takes neighbours – the other facts of the directory, in any wording that the model's card has – and questions of the card about
    /// other subjects, unknown names and small talk.
    /// </summary>
    public static LocalityPanel Choose(IChatClient client, ModelCard card, FileFactSource directory, Cast cast, int seed)
    {
        Random random = new(seed);
        HashSet<WordingMatch?> edited = [card.Match(cast.Noticed.Question), card.Match(cast.Told.Question)];
        string[] neighbours =
        [
            .. directory.Questions()
                .Where(question => question != cast.Noticed.Question && question != cast.Told.Question)
                .Select(question => Reword(question, card, random)),
        ];
        string[] others = [.. card.Locality.Where(question => card.Match(question) is not { } match || !edited.Contains(match))];
        random.Shuffle(neighbours);
        random.Shuffle(others);
        return new LocalityPanel(client, [.. neighbours, .. others.Take(Others)]);
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

    private static string Reword(string question, ModelCard card, Random random)
    {
        IReadOnlyList<string> wordings = [question, .. card.OtherWordings(question)];
        return wordings[random.Next(wordings.Count)];
    }
}
