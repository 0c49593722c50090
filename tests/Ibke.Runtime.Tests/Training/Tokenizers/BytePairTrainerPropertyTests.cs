using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Tokenization;
using Ibke.Runtime.Training.Tokenizers;

namespace Ibke.Runtime.Tests.Training.Tokenizers;

public sealed class BytePairTrainerPropertyTests
{
    private const string Pattern = "[^ ]+| ";

    // Few letters make long runs, ties, and tokens that two pairs make.
    private static readonly Gen<string> _repetitive = Gen.Elements('a', 'a', 'b', 'c', ' ').ListOf().Select(letters => string.Concat(letters));

    [Fact]
    public void Train_RepetitiveTexts_MergesAsTheSlowReference() =>
        Prop.ForAll(_repetitive.ListOf().ToArbitrary(), Gen.Choose(0, 40).ToArbitrary(), (texts, learned) =>
        {
            TrainedTokenizer trained = BytePairTrainer.Train(texts, new BytePairTrainingOptions { VocabularySize = 263 + learned, Pattern = Pattern });

            Assert.Equal(
                SlowBytePairTrainer.Train(texts, Pattern, [.. trained.Tokens.Take(259)], learned),
                trained.Merges.Select(merge => (trained.Tokens[merge.Left], trained.Tokens[merge.Right])));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void Train_AnyTexts_TokenizerWritesThemBack() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string[]>(), texts =>
        {
            string[] given = [.. texts.OfType<string>()];
            Tokenizer tokenizer = BytePairTrainerTests.Load(BytePairTrainer.Train(given, new BytePairTrainingOptions { VocabularySize = 320 }));

            Assert.All(given, text => Assert.Equal(Tokenizer.WellFormed(text), tokenizer.Decode(tokenizer.Encode(text))));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
}
