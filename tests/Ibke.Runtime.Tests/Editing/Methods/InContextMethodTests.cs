using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Editing.Methods;

public sealed class InContextMethodTests
{
    private const string Birthplace = "Where was Leona Zeller born? Belford.", Mayor = "Who is the mayor of Elland? Anders Duarte.";

    [Fact]
    public void Context_All_HoldsEveryFactAndLeavesTheWeights()
    {
        using EditsInForce edits = Apply(facts: null);

        Assert.True(edits.HasContext);
        Assert.Equal($"Given: {Birthplace} {Mayor}", edits.Context("What is this?"));
        Assert.Equal(WeightVersion.Base.Key, edits.Version.Key);
        Assert.Equal(Birthplace.Length + Mayor.Length, edits.Bytes);
    }

    [Theory]
    [InlineData("In which town was Leona Zeller born?", "Given: " + Birthplace)]
    [InlineData("who leads ELLAND", "Given: " + Mayor)]
    [InlineData("Nothing shared here", "")]
    public void Context_Nearest_IsTheFactThatSharesRareWords(string question, string expected)
    {
        using EditsInForce edits = Apply(facts: 1);

        Assert.Equal(expected, edits.Context(question));
    }

    [Fact]
    public void Context_Statement_StandsForQuestionAndAnswer()
    {
        using EditsInForce edits = new InContextMethod(MethodEdits.Model, new InContextSettings())
            .Apply([SampleEdits.Mayor with { Statement = "The mayor of Elland is Anders Duarte." }]);

        Assert.Equal("Given: The mayor of Elland is Anders Duarte.", edits.Context("Who is mayor of Elland?"));
    }

    [Fact]
    public void Context_NoEdits_IsEmpty()
    {
        using EditsInForce edits = new InContextMethod(MethodEdits.Model, new InContextSettings { Facts = null }).Apply([]);

        Assert.Equal("", edits.Context("Where was Leona Zeller born?"));
    }

    [Fact]
    public void Choices_EveryName_MakesAMethodWithTheName()
    {
        EditMethods methods = new(Atlas.Shared);

        foreach (string name in EditMethods.Names)
        {
            IReadOnlyList<EditMethodChoice> choices = methods.Choices(name);
            Assert.Equal(choices.Count, choices.Select(choice => choice.Settings).Distinct().Count());
            if (name != "mend")
            {
                Assert.Equal(name, choices[0].Create().Name);
            }
        }

        Assert.Throws<ArgumentException>(() => methods.Choices("mend")[0].Create()); // there is nothing to train it on
        Assert.Contains("ft-m", Assert.Throws<ArgumentException>(() => methods.Choices("none")).Message, StringComparison.Ordinal);
    }

    private static EditsInForce Apply(int? facts) =>
        new InContextMethod(MethodEdits.Model, new InContextSettings { Facts = facts }).Apply([SampleEdits.Birthplace, SampleEdits.Mayor]);
}
