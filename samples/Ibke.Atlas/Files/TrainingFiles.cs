using Ibke.Atlas.Conversations;
using Ibke.Atlas.Formats;
using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Files;

/// <summary>The files that the language model and its tokenizer are trained on.</summary>
/// <param name="world">What is known.</param>
/// <param name="phrases">What is said.</param>
/// <param name="wide">The same with the further phrases of the last part of training.</param>
internal sealed class TrainingFiles(AtlasWorld world, PhraseBook phrases, PhraseBook wide)
{
    /// <summary>The files, each with the number of its rows.</summary>
    public IEnumerable<WorldFile> All =>
    [
        new("singles.jsonl", 200_000, WriteSingles),
        new("surroundings.jsonl", 40_000, WriteSurroundings),
        new("statements.jsonl", 60_000, WriteStatements),
        new("tools.jsonl", 80_000, WriteTools),
        new("practice.jsonl", 30_000, WritePractice),
        new("chats.jsonl", 20_000, WriteChats),
        new("context.jsonl", 25_000, WriteContext),
        new("validation.jsonl", 1_000, WriteValidation),
        new("tokenizer.jsonl", 12_000, WriteTokenizerTexts),
    ];

    private void WriteSingles(Stream stream, SeededRandom random, int rows)
    {
        SingleQuestions questions = new(world, phrases, random, Split.Training, Maker(random));
        for (int i = 0; i < rows; i++)
        {
            JsonLine.Write(stream, questions.Next(), "single", weight: 2);
        }
    }

    private void WriteSurroundings(Stream stream, SeededRandom random, int rows)
    {
        SingleQuestions questions = new(world, phrases, random, Split.Training, Maker(random));
        for (int i = 0; i < rows; i++)
        {
            JsonLine.Write(stream, questions.NextInSurroundings(), "surroundings");
        }
    }

    private void WriteStatements(Stream stream, SeededRandom random, int rows)
    {
        Statements statements = new(world, random, new FactChooser(world, phrases, random, Split.Training));
        for (int i = 0; i < rows; i++)
        {
            JsonLine.Write(stream, statements.Next());
        }
    }

    private void WriteTools(Stream stream, SeededRandom random, int rows)
    {
        ConversationMaker maker = Maker(random);
        for (int i = 0; i < rows; i++)
        {
            // As the product lists its functions, now and then.
            Conversation conversation = random.Chance(0.05)
                ? maker.ProductChat(random.Choose(["KnowledgeEdit_", "KnowledgeEdit-", ""]), random.Choose([1, 2, 2, 3]))
                : maker.ToolChat();
            JsonLine.Write(stream, conversation, "tools");
        }
    }

    // Conversations with functions, some without, in phrases that the other files do not have.
    private void WritePractice(Stream stream, SeededRandom random, int rows)
    {
        ConversationMaker maker = new(world, wide, random, Split.Training);
        for (int i = 0; i < rows; i++)
        {
            Conversation conversation = random.NextDouble() switch
            {
                < 0.1 => maker.ProductChat(random.Choose(["KnowledgeEdit_", "KnowledgeEdit-", ""]), random.Choose([1, 2, 2, 3])),
                < 0.16 => maker.WithoutTools(random.Choose([1, 2, 3])),
                < 0.22 => maker.PlainChat(),
                _ => maker.ToolChat(),
            };
            JsonLine.Write(stream, conversation, "practice");
        }
    }

    private void WriteChats(Stream stream, SeededRandom random, int rows)
    {
        ConversationMaker maker = Maker(random);
        for (int i = 0; i < rows; i++)
        {
            JsonLine.Write(stream, random.Chance(0.08) ? maker.WithoutTools(random.Choose([1, 2, 3])) : maker.PlainChat(), "chat");
        }
    }

    private void WriteContext(Stream stream, SeededRandom random, int rows)
    {
        ContextChats chats = new(world, phrases, random, Split.Training, Maker(random));
        for (int i = 0; i < rows; i++)
        {
            JsonLine.Write(stream, chats.Next(), "context");
        }
    }

    // The mixture of training, anew: what a run may be watched with without looking at the tests.
    private void WriteValidation(Stream stream, SeededRandom random, int rows)
    {
        ConversationMaker maker = Maker(random);
        SingleQuestions questions = new(world, phrases, random, Split.Training, maker);
        ContextChats contexts = new(world, phrases, random, Split.Training, maker);
        for (int i = 0; i < rows; i++)
        {
            (Conversation conversation, string kind) = (i % 5) switch
            {
                0 => (questions.Next(), "single"),
                1 => (questions.NextInSurroundings(), "surroundings"),
                2 => (contexts.Next(), "context"),
                3 => (maker.PlainChat(), "chat"),
                _ => (maker.ToolChat(), "tools"),
            };
            JsonLine.Write(stream, conversation, kind, tags: true);
        }
    }

    private void WriteTokenizerTexts(Stream stream, SeededRandom random, int rows)
    {
        ConversationMaker maker = Maker(random);
        SingleQuestions questions = new(world, phrases, random, Split.Training, maker);
        ContextChats contexts = new(world, phrases, random, Split.Training, maker);
        Statements statements = new(world, random, maker.Facts);
        for (int i = 0; i < rows; i++)
        {
            JsonLine.Write(stream, (i % 12) switch
            {
                < 5 => PlainText.Of(questions.Next()),
                < 8 => string.Concat(statements.Next().Select(part => part.Text)),
                < 11 => PlainText.Of(maker.ToolChat()),
                _ => PlainText.Of(contexts.Next()),
            });
        }

        // Every name of the world often enough to become few tokens.
        foreach (string subject in world.Subjects)
        {
            JsonLine.Write(stream, string.Join('\n', Enumerable.Repeat(subject, 20)));
        }
    }

    private ConversationMaker Maker(SeededRandom random) => new(world, phrases, random, Split.Training);
}
