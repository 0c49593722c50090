using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Editing;

public class EditTextTests
{
    private static LanguageModel Model => Atlas.Shared;

    [Fact]
    public void Create_Subject_NeuronsRunFromItToTheLastTokenOfTheAnswer()
    {
        EditText text = Create("Where does Leona Zeller come from?", "Belford", "Leona Zeller");

        int[] whole = [.. Model.Tokenizer.Encode(Atlas.Prompt("Where does Leona Zeller come from?") + "Belford<|im_end|>")];
        Assert.Equal(whole[..^1], text.Inputs);
        Assert.Equal([.. Model.Tokenizer.Encode("Belford"), Model.Tokenizer.FindId("<|im_end|>")!.Value], text.Targets);
        Assert.Equal(Model.Tokenizer.Encode("<|im_start|>user\nWhere does ").Count, text.NeuronRows[0]);
        Assert.Equal(text.Inputs.Count - 1, text.NeuronRows[^1]);
        Assert.Equal(text.AnswerRows.Select(row => row + 1).SkipLast(1), Enumerable.Range(text.Inputs.Count - text.Targets.Count + 1, text.Targets.Count - 1));
    }

    [Fact]
    public void Create_SubjectTwice_LastOneCounts()
    {
        EditText text = Create("Elland: who is the mayor of Elland?", "Anders Duarte", "Elland");

        Assert.Equal(Model.Tokenizer.Encode("<|im_start|>user\nElland: who is the mayor of ").Count, text.NeuronRows[0]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Varik")]
    [InlineData(" ")]
    public void Create_NoSubjectInTheQuestion_BeginsAtItsFirstToken(string? subject)
    {
        EditText text = Create("Where does Leona Zeller come from?", "Belford", subject);

        Assert.Equal(3, text.NeuronRows[0]);
    }

    [Theory]
    [InlineData("Does an assistant sleep?", "assistant", "Does an ")]
    [InlineData("Is the end near?", "end", "Is the ")]
    [InlineData("user", null, "")]
    [InlineData("assistant", "assistant", "")]
    [InlineData("Who is it?", "assistant", "")]
    public void Create_WordsOfTheTemplate_AreFoundInTheQuestionOnly(string question, string? subject, string before)
    {
        EditText text = Create(question, "Belford", subject);

        Assert.Equal(Model.Tokenizer.Encode("<|im_start|>user\n" + before).Count, text.NeuronRows[0]);
    }

    private static EditText Create(string question, string answer, string? subject) =>
        EditText.Create(Model, new QuestionPrompt(Model), new EditRequest { Prompt = question, Answer = answer, Subject = subject });
}
