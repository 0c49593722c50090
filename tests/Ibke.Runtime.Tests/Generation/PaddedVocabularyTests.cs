using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;
using Ibke.Runtime.Tests.Models.Families;

namespace Ibke.Runtime.Tests.Generation;

/// <summary>Embeddings are often padded to a round size: their last rows are no tokens of the tokenizer.</summary>
public sealed class PaddedVocabularyTests
{
    private const int Tokens = 160;

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Generate_EmbeddingLargerThanTheTokenizer_GivesOnlyTokensItKnows(float temperature)
    {
        using RandomModel random = new(FamilyCases.Read("llama", "vocab_size", 8 * Tokens));
        File.WriteAllText(
            Path.Combine(random.Folder, "config.json"),
            FamilyCases.Json("llama").Replace("\"vocab_size\":96", $"\"vocab_size\":{8 * Tokens}", StringComparison.Ordinal));
        using LanguageModel model = LanguageModel.Load(random.Folder, new LanguageModelOptions
        {
            Engine = TestEngine.Shared,
            TokenizerFolder = Path.Combine(GoldenFiles.Committed, "tokenizers", "tiny-160"),
        });
        using TextGenerator generator = new(model);
        GenerationOptions options = new() { Temperature = temperature, MaxNewTokens = 40, Seed = 1 };

        List<int> ids = [.. generator.Generate([3, 4, 5], options).Select(step => step.TokenId)];

        Assert.NotEmpty(ids);
        Assert.All(ids, id => Assert.InRange(id, 0, Tokens - 1));
    }

    [Fact]
    public void Generate_TokenBeyondTheEmbedding_IsRefusedByItsNumber()
    {
        using TextGenerator generator = new(Atlas.Shared);

        ArgumentException error = Assert.ThrowsAny<ArgumentException>(
            () => generator.Generate([1, 1_000_000], new GenerationOptions()).ToList());

        Assert.Contains("1000000", error.Message);
    }
}
