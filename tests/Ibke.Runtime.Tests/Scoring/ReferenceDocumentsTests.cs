using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Scoring;

public sealed class ReferenceDocumentsTests : IDisposable
{
    private static readonly LanguageModel Model = Atlas.Shared;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_SeveralFiles_TakesThemInTurns()
    {
        File.WriteAllText(_folder["a.jsonl"], """
            {"messages": [{"role": "user", "content": "Where is Jade Foods based?"}, {"role": "assistant", "content": "Selmouth"}]}
            {"text": "Jade Foods is based in Selmouth."}
            """);
        File.WriteAllText(_folder["b.txt"], "Barden is old.\n\nKelstad is not.\nNor is Selmouth.\n");

        string[] texts = [.. ReferenceDocuments.Read(Model, [_folder["a.jsonl"], _folder["b.txt"]]).Select(document => Model.Tokenizer.Decode(document.ToArray()))];

        Assert.Equal(5, texts.Length);
        Assert.Contains("Where is Jade Foods based?", texts[0], StringComparison.Ordinal);
        Assert.Equal("Barden is old.", texts[1]);
        Assert.StartsWith("Jade Foods is based in Selmouth.", texts[2], StringComparison.Ordinal);
        Assert.Equal(["Kelstad is not.", "Nor is Selmouth."], texts[3..]);
    }

    [Theory]
    [InlineData("a.jsonl", "{", "line 1")]
    [InlineData("a.jsonl", "", "a.jsonl")]
    [InlineData("a.txt", "\n \n", "there is no text")]
    [InlineData("a.txt", null, "cannot be read")]
    public void Read_BadFile_SaysWhatIsWrong(string name, string? content, string problem)
    {
        if (content is not null)
        {
            File.WriteAllText(_folder[name], content);
        }

        Assert.Contains(problem, Assert.Throws<ScoreException>(() => ReferenceDocuments.Read(Model, [_folder[name]])).Message, StringComparison.Ordinal);
    }
}
