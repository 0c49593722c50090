using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Tests.Editing;

public sealed class ModelCardTests : IDisposable
{
    private static readonly ModelCard Card = new(rephrasings:
    [
        ["Who is the CEO of {s}?", "Who leads {s}?", "Name the CEO of {s}."],
        ["Where is {s} based?", "In which city is {s} based?"],
        ["Where is {s}?"],
    ]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ibke-card-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("Who leads Argent Energy?", 0, "Argent Energy")]
    [InlineData("  who LEADS  Argent Energy ", 0, "Argent Energy")]
    [InlineData("Name the CEO of O'Neil & Co.", 0, "O'Neil & Co")]
    [InlineData("Where is Argent based?", 1, "Argent")]
    [InlineData("Where is Argent?", 2, "Argent")]
    public void Match_Wording_FindsGroupAndSubject(string question, int group, string subject)
    {
        Assert.Equal(new WordingMatch(group, subject), Card.Match(question));
    }

    [Theory]
    [InlineData("Who leads?")]
    [InlineData("Who leads ?")]
    [InlineData("When was Argent founded?")]
    [InlineData("")]
    public void Match_NoWording_IsNull(string question)
    {
        Assert.Null(Card.Match(question));
        Assert.Empty(Card.OtherWordings(question));
    }

    [Fact]
    public void Match_SubjectGiven_PrefersItsReading()
    {
        ModelCard card = new(rephrasings: [["Where is the office of {s}?"], ["Where is {s}?"]]);

        Assert.Equal(0, card.Match("Where is the office of Argent?")?.Group);
        Assert.Equal(1, card.Match("Where is the office of Argent?", "the office of Argent")?.Group);
    }

    [Fact]
    public void OtherWordings_LeavesOutTheQuestionItself()
    {
        Assert.Equal(["Who is the CEO of Argent?", "Name the CEO of Argent."], Card.OtherWordings("who leads Argent"));
    }

    [Fact]
    public void FactKey_SameFact_IsEqual()
    {
        Assert.Equal(Card.FactKey("Who leads Argent?"), Card.FactKey("name the CEO of ARGENT"));
        Assert.NotEqual(Card.FactKey("Who leads Argent?"), Card.FactKey("Who leads Copper?"));
        Assert.NotEqual(Card.FactKey("Who leads Argent?"), Card.FactKey("Where is Argent based?"));
        Assert.Equal(Card.FactKey("Any other question?"), Card.FactKey("any other  question"));
    }

    [Fact]
    public void Load_File_GivesAllParts()
    {
        Write("""{"unknown_answer": "I don't know.", "rephrasings": [["Who leads {s}?"]], "locality": ["Q?"], "text": ["A sentence."]}""");

        ModelCard card = ModelCard.Load(_folder.FullName);

        Assert.Equal("I don't know.", card.UnknownAnswer);
        Assert.Equal([["Who leads {s}?"]], card.Rephrasings);
        Assert.Equal(["Q?"], card.Locality);
        Assert.Equal(["A sentence."], card.Text);
    }

    [Fact]
    public void Load_NoFile_IsEmpty()
    {
        Assert.Same(ModelCard.Empty, ModelCard.Load(_folder.FullName));
    }

    [Theory]
    [InlineData("{", "not a model card")]
    [InlineData("[]", "not a model card")]
    [InlineData("""{"rephrasings": [["Who leads?"]]}""", "must contain {s} exactly once")]
    [InlineData("""{"locality": "Q?"}""", "$.locality")]
    [InlineData("""{"locality": null}""", "locality")]
    [InlineData("""{"locality": ["Q?", null]}""", "locality[1] is null")]
    [InlineData("""{"text": [null]}""", "text[0] is null")]
    [InlineData("""{"rephrasings": [["Who leads {s}?"], null]}""", "rephrasings[1] is null")]
    [InlineData("""{"rephrasings": [["Who leads {s}?"], ["Where is {s}?", null]]}""", "rephrasings[1][1] is null")]
    public void Load_BadFile_SaysWhy(string text, string reason)
    {
        Write(text);

        CheckpointException error = Assert.Throws<CheckpointException>(() => ModelCard.Load(_folder.FullName));

        Assert.Contains(ModelCard.FileName, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FileHeldByAnother_SaysWhich()
    {
        Write("{}");
        string path = Path.Combine(_folder.FullName, ModelCard.FileName);
        using FileStream held = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        CheckpointException error = Assert.Throws<CheckpointException>(() => ModelCard.Load(_folder.FullName));

        Assert.Contains($"{path}: cannot be read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_EmbeddedModel_HasWordingsOfDifferentMeaning()
    {
        ModelCard card = ModelCard.Load(Path.Combine(GoldenFiles.RepositoryRoot, "samples", "models", "atlas"));

        Assert.NotEmpty(card.Rephrasings);
        foreach (string wording in card.Rephrasings.SelectMany(group => group))
        {
            WordingMatch? match = card.Match(wording.Replace("{s}", "Varik Tools", StringComparison.Ordinal));
            Assert.Contains(wording, card.Rephrasings[match!.Group]);
            Assert.Equal("Varik Tools", match.Subject);
        }
    }

    private void Write(string text) => File.WriteAllText(Path.Combine(_folder.FullName, ModelCard.FileName), text);
}
