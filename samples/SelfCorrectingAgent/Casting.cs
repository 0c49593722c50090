using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Samples.SelfCorrectingAgent;

/// <summary>Chooses what the story is about, from what the directory says and the model answers.</summary>
internal static class Casting
{
    /// <summary>Takes the first two facts of the directory that the model has wrong, and the first that it has right.</summary>
    /// <exception cref="InvalidOperationException">The directory has too few of either kind.</exception>
    public static async Task<Cast> ChooseAsync(KnowledgeEditor editor, FileFactSource directory, CancellationToken cancellationToken)
    {
        List<Fact> facts = [];
        foreach (string question in directory.Questions())
        {
            SourcedFact? present = await directory.AskAsync(question, null, cancellationToken);
            VerifyResult own = await editor.VerifyAsync(question, cancellationToken);
            if (present is not null)
            {
                facts.Add(new Fact(question, own.Answer, present.Answer, editor.Card.OtherWordings(question)));
            }
        }

        Fact[] stale = [.. facts.Where(fact => fact.IsStale).Take(2)];
        Fact? current = facts.Find(fact => !fact.IsStale);
        return stale.Length == 2 && current is not null
            ? new Cast(stale[0], stale[1], current, WrongAnswer(editor.Card, facts, current))
            : throw new InvalidOperationException(
                $"The story needs two facts that the model has wrong and one that it has right; {directory.Name} has "
                + $"{facts.Count(fact => fact.IsStale)} wrong and {facts.Count(fact => !fact.IsStale)} right. Use --interactive with such a file.");
    }

    /// <summary>An answer that fits the question: that of another fact of the same relation, if the directory has one.</summary>
    private static string WrongAnswer(ModelCard card, IReadOnlyList<Fact> facts, Fact current) =>
        facts.Where(fact => fact.DirectoryAnswer != current.DirectoryAnswer)
            .OrderByDescending(fact => card.Match(fact.Question)?.Group == card.Match(current.Question)?.Group)
            .First().DirectoryAnswer;
}
