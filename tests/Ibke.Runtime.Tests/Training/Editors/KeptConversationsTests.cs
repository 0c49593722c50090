using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Training.Data;
using Ibke.Runtime.Training.Editors;

namespace Ibke.Runtime.Tests.Training.Editors;

[Collection(nameof(TinyKnowledge))]
public sealed class KeptConversationsTests(TinyKnowledge knowledge)
{
    [Fact]
    public void Draw_ChatsAndTexts_ComeFromBothFilesAndNameNoEditedSubject()
    {
        using TemporaryFolder folder = new();
        string subject = TinyKnowledge.Training[0].Subject!;
        string chats = Write(
            folder, "chats.jsonl", """{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}""");
        string texts = Write(folder, "texts.jsonl", $$"""
            {"parts": [["All is", 0.1], [" well", 1.0]]}
            {"text": "{{subject}} is here."}
            """);
        using KeptConversations kept = new(DocumentReader.Load(knowledge.ModelFolder), [chats, texts], knowledge.Model.Tokenizer);

        IReadOnlyList<ScoredPrompt> prompts = kept.Draw(new RandomSource(1), 40, 200, [], [EditedFact.Of(TinyKnowledge.Training[0])]);

        string[] drawn = [.. prompts.Select(prompt => knowledge.Model.Tokenizer.Decode(prompt.Inputs)).Distinct()];
        Assert.Equal(40, prompts.Count);
        Assert.Equal(2, drawn.Length);
        Assert.DoesNotContain(drawn, text => text.Contains(subject, StringComparison.Ordinal));
        Assert.Contains(prompts, prompt => prompt.Rows.Length == prompt.Inputs.Length); // of a text every token is kept
    }

    [Fact]
    public void Constructor_SecondFileMissing_SaysWhichAndLeavesTheFirstFree()
    {
        using TemporaryFolder folder = new();
        string first = Write(folder, "first.jsonl", """{"text": "All is well."}""");
        string missing = Path.Combine(folder.Path, "missing.jsonl");

        TrainingDataException error = Assert.Throws<TrainingDataException>(
            () => new KeptConversations(DocumentReader.Load(knowledge.ModelFolder), [first, missing], knowledge.Model.Tokenizer));

        Assert.Contains("missing.jsonl", error.Message, StringComparison.Ordinal);
        File.Move(first, first + ".moved");
    }

    private static string Write(TemporaryFolder folder, string name, string text)
    {
        File.WriteAllText(folder[name], text);
        return folder[name];
    }
}
