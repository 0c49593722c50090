using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Scoring.Questions;

namespace Ibke.Runtime.Tests.Scoring.Questions;

public class ChangedFactsTests
{
    private static readonly ModelCard _card = new(rephrasings: [["Who leads {s}?", "Who runs {s}?"], ["Where is {s} based?"]]);
    private static readonly EditCase _own = Edit("Who leads Jade Foods?", "Jade Foods", "ceo");

    [Theory]
    [InlineData("Who runs Coral Motors?", true)] // the same fact in another wording
    [InlineData("Where is Coral Motors based?", false)] // the card knows that it is another fact
    [InlineData("What does Coral Motors sell?", true)] // nobody knows, and an edited subject is named
    [InlineData("Name Coral Motors's head.", true)] // a rephrasing of the edit
    [InlineData("What does Jade Foods sell?", false)] // the case's own subject
    [InlineData("What does Opal Air sell?", false)]
    public void May_Question_IsDecidedByCardThenBySubject(string question, bool expected)
    {
        ChangedFacts changed = new(_card, [_own, Edit("Who leads Coral Motors?", "Coral Motors", null, "Name Coral Motors's head.")]);

        Assert.Equal(expected, changed.May(new LocalityPrompt(question, "near"), _own));
    }

    [Theory]
    [InlineData("Coral Motors", "ceo", true)]
    [InlineData("coral motors", "industry", false)]
    [InlineData("Opal Air", "ceo", false)]
    public void May_SubjectAndRelationGiven_IsDecidedByThem(string subject, string relation, bool expected)
    {
        ChangedFacts changed = new(ModelCard.Empty, [_own, Edit("Who leads Coral Motors?", "Coral Motors", "ceo")]);

        Assert.Equal(expected, changed.May(new LocalityPrompt($"Of {subject} the {relation} is", "near", PromptForm.Cloze, subject, relation), _own));
    }

    [Fact]
    public void Distinct_SameFactTwice_KeepsTheFirst()
    {
        EditCase other = Edit("Where is Jade Foods based?", "Jade Foods", "city");

        Assert.Equal(
            [_own, other],
            ChangedFacts.Distinct(_card, [_own, Edit("Who runs Jade Foods?", null, null), other, Edit("Its seat?", "Jade Foods", "city")]));
    }

    private static EditCase Edit(string prompt, string? subject, string? relation, params string[] rephrasings) => new()
    {
        Id = prompt, Prompt = prompt, Answer = "x", Subject = subject, Relation = relation, Rephrasings = rephrasings,
    };
}
