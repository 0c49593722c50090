using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Tests.Training.Data;

public sealed class TextReadingTests
{
    [Fact]
    public void Read_Text_EndsWithTheTokenThatEndsNoTurn()
    {
        TrainingDocument document = TinyChat.Read("""{"text": "The user.", "kind": "prose"}""");

        Assert.Equal([("The user.<|endoftext|>", 1f)], TinyChat.Learned(document));
        Assert.Equal("prose", document.Kind);
    }

    [Fact]
    public void Read_Parts_HaveTheirWeights()
    {
        TrainingDocument document = TinyChat.Read("""{"parts": [["The CEO of X is", 0.25], [" Ann", 1.0], [".", 0]], "weight": 2}""");

        Assert.Equal([("The CEO of X is", 0.5f), (" Ann", 2f), ("<|endoftext|>", 2f)], TinyChat.Learned(document));
        Assert.Equal("The CEO of X is Ann.<|endoftext|>", TinyChat.TextOf(document));
    }

    [Fact]
    public void Read_Parts_AreEncodedOneByOne()
    {
        // "system" is one token, but a prompt may end inside it.
        TrainingDocument document = TinyChat.Read("""{"parts": [["sys", 1], ["tem", 1]]}""");

        Assert.NotEqual(TinyChat.Tokenizer.Encode("system"), document.Ids.ToArray()[..^1]);
        Assert.Equal([.. TinyChat.Tokenizer.Encode("sys"), .. TinyChat.Tokenizer.Encode("tem"), TinyChat.EndOfText], document.Ids.ToArray());
    }

    [Theory]
    [InlineData("""{"text": 1}""", "'text' must be a text, found 1.")]
    [InlineData("""{"text": ""}""", "'text' is empty.")]
    [InlineData("""{"parts": []}""", "'parts' is empty.")]
    [InlineData("""{"parts": ["a"]}""", "'parts[0]' must be a list")]
    [InlineData("""{"parts": [["a", 1], ["b"]]}""", "'parts[1]' must be a text and its weight")]
    [InlineData("""{"parts": [["a", -1]]}""", "'parts[0][1]' must be a number of 0 or more, found -1.")]
    [InlineData("""{"parts": [["a", 1e30]], "weight": 1e30}""", "weights whose product is too large")]
    [InlineData("""{"text": "a", "kind": 5}""", "'kind' must be a text, found 5.")]
    [InlineData("""{"prompt": "a"}""", "none of \"messages\", \"text\" and \"parts\"")]
    [InlineData("""["a"]""", "The line must be an object")]
    [InlineData("""{"text": "a"} x""", "The line is not JSON")]
    [InlineData("", "The line is not JSON")]
    public void Read_LineIsNotInTheForm_NamesFileLineAndField(string json, string problem)
    {
        TrainingDataException thrown = Assert.Throws<TrainingDataException>(() => TinyChat.ReadAll(json));

        Assert.StartsWith("data.jsonl, line 7: ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BytesAreNotUtf8_SaysSo()
    {
        TrainingDataException thrown = Assert.Throws<TrainingDataException>(() => TinyChat.Reader.Read("data.jsonl", 1, new byte[] { (byte)'{', 0xFF }));

        Assert.Contains("not UTF-8", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ModelHasNoEndOfText_SaysWhatToDo()
    {
        DocumentReader reader = new(TinyChat.Tokenizer, TinyChat.Template, GenerationConfig.Empty);

        TrainingDataException thrown = Assert.Throws<TrainingDataException>(() => TinyChat.ReadAll("""{"text": "a"}""", reader));

        Assert.Contains("eos_token_id", thrown.Message, StringComparison.Ordinal);
    }
}
