using System.Text;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Tests.Training.Data;

public sealed class DocumentStreamTests
{
    [Fact]
    public void Next_OneEpoch_GivesEveryLineOnceInAnotherOrder()
    {
        using TemporaryFolder folder = new();
        using DocumentFile file = Open(folder, 50);
        using DocumentStream stream = new(file, seed: 1);

        string[] taken = Take(stream, 50);

        Assert.Equal(Enumerable.Range(0, 50).Select(Text).Order(), taken.Order());
        Assert.NotEqual(Enumerable.Range(0, 50).Select(Text), taken);
    }

    [Fact]
    public void Next_SameSeed_GivesTheSameAndAnotherSeedAnotherOrder()
    {
        using TemporaryFolder folder = new();
        using DocumentFile file = Open(folder, 30);
        using DocumentStream first = new(file, seed: 5);
        using DocumentStream second = new(file, seed: 5);
        using DocumentStream other = new(file, seed: 6);

        string[] taken = Take(first, 75);

        Assert.Equal(taken, Take(second, 75));
        Assert.NotEqual(taken, Take(other, 75));
        Assert.NotEqual(taken[..30], taken[30..60]);
        Assert.Equal(new DocumentPosition(2, 15, 0), first.Position);
    }

    [Fact]
    public void Next_StartedAtAPosition_GoesOnThere()
    {
        using TemporaryFolder folder = new();
        using DocumentFile file = Open(folder, 7);
        using DocumentStream whole = new(file, seed: 3);
        for (int taken = 0; taken < 20; taken++)
        {
            using DocumentStream resumed = new(file, seed: 3, whole.Position);
            string next = Take(whole, 1)[0];

            Assert.Equal(next, Take(resumed, 1)[0]);
            Assert.Equal(whole.Position, resumed.Position);
        }
    }

    [Fact]
    public void Next_LineOfSeveralDocuments_ResumesInsideIt()
    {
        using TemporaryFolder folder = new();
        const string Line = """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}""";
        File.WriteAllText(folder["chats.jsonl"], Line);
        Runtime.Templates.ChatTemplate template = Runtime.Templates.ChatTemplate.Parse(
            "{% for m in messages %}{{ m.content }}{% if loop.last and m.role == 'assistant' %}!{% endif %}{% endfor %}");
        using DocumentFile file = DocumentFile.Open(folder["chats.jsonl"], new DocumentReader(TinyChat.Tokenizer, template, TinyChat.Generation));
        using DocumentStream stream = new(file, seed: 0);

        Assert.Equal("ab!", TinyChat.TextOf(stream.Next()));
        Assert.Equal(new DocumentPosition(0, 0, 1), stream.Position);
        using DocumentStream resumed = new(file, seed: 0, stream.Position);
        Assert.Equal("abcd!", TinyChat.TextOf(resumed.Next()));
        Assert.Equal(new DocumentPosition(1, 0, 0), resumed.Position);
    }

    [Fact]
    public void Next_LineIsBroken_ThrowsWhenItIsReachedAndAgain()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["texts.jsonl"], "{\"text\": \"a\"}\n\n{\"text\": 2}\n");
        using DocumentFile file = DocumentFile.Open(folder["texts.jsonl"], TinyChat.Reader);
        using DocumentStream stream = new(file, seed: 4);

        TrainingDataException thrown = Assert.Throws<TrainingDataException>(() => Take(stream, 2));

        Assert.Equal(3, thrown.Line);
        Assert.Throws<TrainingDataException>(() => stream.Next());
    }

    [Fact]
    public void Open_LinesOfEveryKind_AreCountedAndRead()
    {
        using TemporaryFolder folder = new();
        byte[] bytes = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes("{\"text\": \"a\"}\r\n \t\r\n\n{\"text\": \"b\"}\n{\"text\": \"c\"}")];
        File.WriteAllBytes(folder["texts.jsonl"], bytes);
        using DocumentFile file = DocumentFile.Open(folder["texts.jsonl"], TinyChat.Reader);

        Assert.Equal(3, file.Count);
        Assert.Equal(["a", "b", "c"], Enumerable.Range(0, 3).Select(i => TinyChat.TextOf(file.Read(i)[0]).Replace("<|endoftext|>", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Open_LinesLongerThanABlock_AreReadWhole()
    {
        using TemporaryFolder folder = new();
        string longText = string.Concat(Enumerable.Repeat("the user ", 130_000));
        File.WriteAllText(folder["texts.jsonl"], $"{{\"text\": \"{longText}\"}}\n{{\"text\": \"b\"}}\n");
        using DocumentFile file = DocumentFile.Open(folder["texts.jsonl"], TinyChat.Reader);

        Assert.Equal(longText + "<|endoftext|>", TinyChat.TextOf(file.Read(0)[0]));
        Assert.Equal("b<|endoftext|>", TinyChat.TextOf(file.Read(1)[0]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n \r\n")]
    public void Open_NoLines_IsRefused(string content)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["texts.jsonl"], content);

        TrainingDataException thrown = Assert.Throws<TrainingDataException>(() => DocumentFile.Open(folder["texts.jsonl"], TinyChat.Reader));

        Assert.Contains("holds no lines", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoFile_IsRefused() =>
        Assert.Throws<TrainingDataException>(() => DocumentFile.Open("nowhere.jsonl", TinyChat.Reader));

    [Fact]
    public void Read_FileWasCutShort_SaysSo()
    {
        using TemporaryFolder folder = new();
        using DocumentFile file = Open(folder, 5);
        using (FileStream stream = new(folder["texts.jsonl"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.SetLength(10);
        }

        TrainingDataException thrown = Assert.Throws<TrainingDataException>(() => file.Read(4));

        Assert.Contains("shorter", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_PositionIsBeyondTheFile_IsRefused()
    {
        using TemporaryFolder folder = new();
        using DocumentFile file = Open(folder, 5);

        Assert.Throws<ArgumentOutOfRangeException>(() => new DocumentStream(file, 0, new DocumentPosition(0, 5, 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DocumentStream(file, 0, new DocumentPosition(-1, 0, 0)));
    }

    [Fact]
    public void Next_Cancelled_KeepsThePosition()
    {
        using TemporaryFolder folder = new();
        using DocumentFile file = Open(folder, 5);
        using DocumentStream stream = new(file, seed: 0);
        Take(stream, 1);

        Assert.Throws<OperationCanceledException>(() => stream.Next(new CancellationToken(canceled: true)));
        Assert.Equal(new DocumentPosition(0, 1, 0), stream.Position);
    }

    private static string Text(int number) => $"the text {number}<|endoftext|>";

    private static DocumentFile Open(TemporaryFolder folder, int lines)
    {
        File.WriteAllLines(folder["texts.jsonl"], Enumerable.Range(0, lines).Select(i => $"{{\"text\": \"the text {i}\"}}"));
        return DocumentFile.Open(folder["texts.jsonl"], TinyChat.Reader);
    }

    private static string[] Take(DocumentStream stream, int count) => [.. Enumerable.Range(0, count).Select(_ => TinyChat.TextOf(stream.Next()))];
}
