using System.Text.Json;
using Ibke.Runtime.Tokenization;
using Ibke.Runtime.Training.Tokenizers;

namespace Ibke.Runtime.Tests.Training.Tokenizers;

public sealed class BytePairTrainerTests
{
    private const int NamedAndBytes = 3 + 256 + 4;

    private static readonly string[] _texts =
    [
        "The capital of Vorland is Tamsin.", "The capital of Norland is Tambur.", "Who leads Vorland? Ask “Tamsin”!\nIn 1024 it was Größe ☃.",
    ];

    [Fact]
    public void Train_SomeTexts_MergesAsTheSlowReference()
    {
        TrainedTokenizer trained = BytePairTrainer.Train(_texts, new BytePairTrainingOptions { VocabularySize = NamedAndBytes + 50 });

        Assert.Equal(NamedAndBytes + 50, trained.VocabularySize);
        Assert.Equal(
            SlowBytePairTrainer.Train(_texts, BytePairTrainingOptions.DefaultPattern, [.. trained.Tokens.Take(259)], 50),
            trained.Merges.Select(merge => (trained.Tokens[merge.Left], trained.Tokens[merge.Right])));
    }

    [Fact]
    public void Train_TextsInAnotherOrder_GivesTheSameBytes()
    {
        BytePairTrainingOptions options = new() { VocabularySize = 300 };

        Assert.Equal(BytePairTrainer.Train(_texts, options).ToJson(), BytePairTrainer.Train(_texts.Reverse(), options).ToJson());
    }

    [Fact]
    public void Train_FewPairs_StopsEarly()
    {
        TrainedTokenizer trained = BytePairTrainer.Train(["abab", "ab"], new BytePairTrainingOptions { VocabularySize = 5000 });

        Assert.Equal(["ab", "abab"], trained.Tokens.Skip(259));
        Assert.Equal(NamedAndBytes + 2, trained.VocabularySize);
    }

    [Fact]
    public void Train_NamedTokensInTheTexts_TeachNothing()
    {
        TrainedTokenizer trained = BytePairTrainer.Train(["<tool_call><|im_end|>", "xy"], new BytePairTrainingOptions { VocabularySize = 400 });

        Assert.Equal(["xy"], trained.Tokens.Skip(259));
    }

    [Fact]
    public void Train_NoTexts_KnowsBytesAndNamedTokens()
    {
        Tokenizer tokenizer = Load(BytePairTrainer.Train([], new BytePairTrainingOptions { VocabularySize = 500 }));

        Assert.Equal(NamedAndBytes, tokenizer.VocabularySize);
        Assert.Equal("Zürich ☃", tokenizer.Decode(tokenizer.Encode("Zürich ☃")));
    }

    [Fact]
    public void ToJson_LoadedByTheLibrary_HasNamedTokensAtBothEnds()
    {
        Tokenizer tokenizer = Load(BytePairTrainer.Train(_texts, new BytePairTrainingOptions { VocabularySize = 320 }));

        Assert.Equal([0, 1, 2, 316, 317, 318, 319], new[]
        {
            "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>",
        }.Select(token => tokenizer.FindId(token)!.Value));
        Assert.True(tokenizer.IsSpecial(2));
        Assert.False(tokenizer.IsSpecial(316));
        Assert.Equal([1, 316, 2], tokenizer.Encode("<|im_start|><tool_call><|im_end|>"));
        Assert.Equal(tokenizer.Encode("Vorland"), tokenizer.Encode("“Vorland").Skip(tokenizer.Encode("“").Count));
    }

    [Fact]
    public void ToJson_Always_IsAsHuggingFaceWritesIt()
    {
        using JsonDocument json = JsonDocument.Parse(BytePairTrainer.Train(_texts, new BytePairTrainingOptions { VocabularySize = 264 }).ToJson());

        JsonElement root = json.RootElement;
        Assert.Equal(
            ["version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model"],
            root.EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            ["type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges"],
            root.GetProperty("model").EnumerateObject().Select(property => property.Name));
        JsonElement split = root.GetProperty("pre_tokenizer").GetProperty("pretokenizers")[0];
        Assert.Equal(
            ("Split", BytePairTrainingOptions.DefaultPattern, "Isolated"),
            (split.GetProperty("type").GetString(), split.GetProperty("pattern").GetProperty("Regex").GetString(), split.GetProperty("behavior").GetString()));
        Assert.Equal(2, root.GetProperty("model").GetProperty("merges")[0].GetArrayLength());
    }

    [Fact]
    public void Train_VocabularyTooSmall_NamesTheLeastSize()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => BytePairTrainer.Train([], new BytePairTrainingOptions { VocabularySize = 262 }));

        Assert.Contains("at least 263", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("<tool_call>")]
    public void Train_NamedTokenIsImpossible_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => BytePairTrainer.Train([], new BytePairTrainingOptions { VocabularySize = 400, SpecialTokens = [name] }));

    [Fact]
    public void Train_NamedTokenIsHalfACharacter_IsRefused() =>
        Assert.Throws<ArgumentException>(() => BytePairTrainer.Train([], new BytePairTrainingOptions { VocabularySize = 400, AddedTokens = ["\uD800x"] }));

    [Fact]
    public void Train_PatternIsNoExpression_IsRefused() =>
        Assert.Throws<ArgumentException>(() => BytePairTrainer.Train([], new BytePairTrainingOptions { VocabularySize = 400, Pattern = "(" }));

    [Fact]
    public void Train_Cancelled_Stops() => Assert.ThrowsAny<OperationCanceledException>(() =>
        BytePairTrainer.Train(_texts, new BytePairTrainingOptions { VocabularySize = 400 }, new CancellationToken(canceled: true)));

    internal static Tokenizer Load(TrainedTokenizer trained)
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["tokenizer.json"], trained.ToJson());
        return Tokenizer.Load(folder.Path);
    }
}
