using Ibke.Runtime.Generation;

namespace Ibke.Runtime.Tests.Generation;

public sealed class GenerationOptionsTests
{
    public static TheoryData<string, GenerationOptions> OutOfRange => new()
    {
        { nameof(GenerationOptions.MaxNewTokens), new() { MaxNewTokens = 0 } },
        { nameof(GenerationOptions.Temperature), new() { Temperature = -0.1f } },
        { nameof(GenerationOptions.Temperature), new() { Temperature = float.NaN } },
        { nameof(GenerationOptions.Temperature), new() { Temperature = float.PositiveInfinity } },
        { nameof(GenerationOptions.TopK), new() { TopK = -1 } },
        { nameof(GenerationOptions.TopP), new() { TopP = 1.1f } },
        { nameof(GenerationOptions.TopP), new() { TopP = float.NaN } },
        { nameof(GenerationOptions.MinP), new() { MinP = -0.1f } },
        { nameof(GenerationOptions.TypicalP), new() { TypicalP = 0 } },
        { nameof(GenerationOptions.RepetitionPenalty), new() { RepetitionPenalty = 0 } },
        { nameof(GenerationOptions.FrequencyPenalty), new() { FrequencyPenalty = float.NaN } },
        { nameof(GenerationOptions.PresencePenalty), new() { PresencePenalty = float.NegativeInfinity } },
        { nameof(GenerationOptions.LogitBias), new() { LogitBias = new Dictionary<int, float> { [-1] = 1 } } },
        { nameof(GenerationOptions.LogitBias), new() { LogitBias = new Dictionary<int, float> { [1] = float.NaN } } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void Validate_OutOfRange_NamesTheOption(string name, GenerationOptions options) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(options.Validate).ParamName);

    [Fact]
    public void Validate_EmptyStopSequence_IsRefused() =>
        Assert.Throws<ArgumentException>(new GenerationOptions { StopSequences = ["x", ""] }.Validate);

    [Fact]
    public void Validate_Limits_AreAllowed()
    {
        GenerationOptions options = new()
        {
            MaxNewTokens = 1,
            TopP = 0,
            MinP = 1,
            TypicalP = 1,
            LogitBias = new Dictionary<int, float> { [0] = float.NegativeInfinity },
        };

        Assert.Null(Record.Exception(options.Validate));
    }
}
