using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Tests.Training.Data;

public sealed class TrainingDocumentTests
{
    [Fact]
    public void LearnedTokens_FirstTokenHasAWeight_IsNotCounted()
    {
        TrainingDocument document = new(new[] { 5, 6, 7, 8 }, new[] { 1f, 0f, 0.1f, 2f });

        Assert.Equal(4, document.Length);
        Assert.Equal(2, document.LearnedTokens);
    }

    [Fact]
    public void Constructor_NoTokens_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new TrainingDocument(ReadOnlyMemory<int>.Empty, ReadOnlyMemory<float>.Empty));

    [Fact]
    public void Constructor_LengthsDiffer_NamesBothLengths()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new TrainingDocument(new[] { 1, 2 }, new[] { 1f }));

        Assert.Contains("2 tokens has 1 weights", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Constructor_WeightIsNoWeight_IsRefused(float weight) =>
        Assert.Throws<ArgumentException>(() => new TrainingDocument(new[] { 1, 2 }, new[] { 1f, weight }));

    [Fact]
    public void Constructor_NegativeId_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new TrainingDocument(new[] { 1, -2 }, new[] { 1f, 1f }));
}
