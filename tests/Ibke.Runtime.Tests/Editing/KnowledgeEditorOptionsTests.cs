using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Tests.Editing;

public class KnowledgeEditorOptionsTests
{
    [Fact]
    public void Validate_Defaults_Pass()
    {
        KnowledgeEditorOptions options = new();

        Assert.Same(options, options.Validate());
    }

    public static TheoryData<KnowledgeEditorOptions, string> OutOfRange => new()
    {
        { new() { MinimumReliability = -0.1 }, "MinimumReliability" },
        { new() { MinimumReliability = double.NaN }, "MinimumReliability" },
        { new() { MinimumGenerality = 1.1 }, "MinimumGenerality" },
        { new() { MinimumLocality = double.PositiveInfinity }, "MinimumLocality" },
        { new() { MaximumDrift = -1 }, "MaximumDrift" },
        { new() { MaximumDrift = double.NaN }, "MaximumDrift" },
        { new() { MaximumTotalDrift = double.NaN }, "MaximumTotalDrift" },
        { new() { MinimumCanaries = 1.5 }, "MinimumCanaries" },
        { new() { GeneralityQuestions = 10_001 }, "GeneralityQuestions" },
        { new() { LocalityQuestions = -1 }, "LocalityQuestions" },
        { new() { EarlierEditQuestions = -1 }, "EarlierEditQuestions" },
        { new() { MaximumAnswerTokens = 0 }, "MaximumAnswerTokens" },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void Validate_OutOfRange_NamesTheOption(KnowledgeEditorOptions options, string name)
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(options.Validate);

        Assert.Equal(name, error.ParamName);
    }
}
