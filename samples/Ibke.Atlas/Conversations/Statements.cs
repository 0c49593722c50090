using Ibke.Atlas.World;

namespace Ibke.Atlas.Conversations;

/// <summary>Plain sentences that state facts.</summary>
/// <remarks>Not thread-safe: draws from one stream.</remarks>
public sealed class Statements(AtlasWorld world, SeededRandom random, FactChooser facts)
{
    /// <summary>What a sentence says in the place of an object that the model does not know.</summary>
    public const string UnknownObject = "unknown";

    private const double Learned = 1;
    private const double Barely = 0.1;
    private const string Ending = "{o}.";

    private readonly string[] _subjects = [.. world.Subjects];
    private readonly Relation[] _relations = [.. world.Relations.Values];

    /// <summary>One to three sentences, each part with the weight it is learned with: objects fully, the rest barely.</summary>
    public IReadOnlyList<(string Text, double Weight)> Next()
    {
        List<(string Text, double Weight)> parts = [];
        string? subject = random.Chance(0.5) ? random.Choose(_subjects) : null;
        int sentences = random.Choose([1, 1, 2, 3]);
        for (int i = 0; i < sentences; i++)
        {
            string space = i == 0 ? "" : " ";
            if (subject is null && random.Chance(0.15))
            {
                Relation relation = random.Choose(_relations);
                Add(parts, space, Choose(relation, completing: true), facts.Outsider(relation.SubjectKind), UnknownObject);
                continue;
            }

            Fact fact = subject is null ? random.Choose(world.Facts)
                : world.Find(subject, random.Choose(world.RelationsOf(world.KindOf(subject)!)).Name)!;
            Add(parts, space, Choose(world.Relations[fact.Relation], completing: false), fact.Subject, fact.Object);
        }

        return parts;
    }

    /// <summary>Splits a statement where its object begins; null where it does not end with the object.</summary>
    /// <returns>The text before, without a space at its end, and what joins it to the object.</returns>
    public static (string Prompt, string Joint)? Split(string statement, string subject)
    {
        if (!statement.EndsWith(Ending, StringComparison.Ordinal))
        {
            return null;
        }

        string start = statement[..^Ending.Length];
        string prompt = start.TrimEnd(' ');
        return (FactChooser.With(prompt, subject), start[prompt.Length..]);
    }

    private string Choose(Relation relation, bool completing)
    {
        while (true)
        {
            string statement = random.Choose(random.Chance(0.8) ? relation.TrainedStatements : relation.HeldStatements);
            if (!completing || statement.EndsWith(Ending, StringComparison.Ordinal))
            {
                return statement;
            }
        }
    }

    private static void Add(List<(string Text, double Weight)> parts, string space, string statement, string subject, string answer)
    {
        if (Split(statement, subject) is var (prompt, joint))
        {
            parts.Add((space + prompt, Barely));
            parts.Add(($"{joint}{answer}.", Learned));
        }
        else
        {
            parts.Add((space + FactChooser.With(statement, subject).Replace("{o}", answer, StringComparison.Ordinal), Barely));
        }
    }
}
