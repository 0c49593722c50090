using Ibke.Runtime.Cpu;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Generation;

public sealed class TextScorerTests
{
    private static readonly TextScorer _scorer = new(Atlas.Shared);
    private static readonly IReadOnlyList<int> _ids = Atlas.Shared.Tokenizer.Encode(Atlas.Prompt("Where did Viktor Shah graduate from?"));

    [Fact]
    public void NextLogits_Prompt_AreLargestAtTheGreedyToken()
    {
        using TextGenerator generator = new(Atlas.Shared);

        float[] logits = _scorer.NextLogits(_ids);

        Assert.Equal(Atlas.Shared.Config.VocabularySize, logits.Length);
        Assert.Equal(generator.Generate(_ids, new GenerationOptions()).First().TokenId, Array.IndexOf(logits, logits.Max()));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void NextLogits_AnyNumberOfThreads_AreTheSameBits(int threads)
    {
        using CpuEngine one = new(new CpuEngineOptions { Threads = 1 });
        using CpuEngine many = new(new CpuEngineOptions { Threads = threads });
        using LanguageModel alone = LanguageModel.Load(Atlas.Folder, new LanguageModelOptions { Engine = one });
        using LanguageModel shared = LanguageModel.Load(Atlas.Folder, new LanguageModelOptions { Engine = many });

        foreach (int[] ids in (int[][])[[.. _ids, .. _ids, .. _ids], [.. _ids.Take(5)], [_ids[0]]])
        {
            Assert.Equal(new TextScorer(alone).NextLogits(ids), new TextScorer(shared).NextLogits(ids));
        }
    }

    [Fact]
    public void MeanLoss_LastToken_IsItsNegativeLogLikelihood()
    {
        float[] logits = _scorer.NextLogits([.. _ids.SkipLast(1)]);
        double largest = logits.Max();
        double expected = Math.Log(logits.Sum(logit => Math.Exp(logit - largest))) + largest - logits[_ids[^1]];

        Assert.Equal(expected, _scorer.MeanLoss(_ids, _ids.Count - 1), 1e-4);
    }

    [Fact]
    public void MeanLoss_LongText_IsTheMeanOverItsParts()
    {
        int[] ids = [.. Enumerable.Repeat(_ids, 12).SelectMany(part => part)];
        int middle = ids.Length / 2;
        double head = _scorer.MeanLoss([.. ids.Take(middle)]);
        double tail = _scorer.MeanLoss(ids, middle);

        Assert.True(ids.Length > 128);
        Assert.Equal((head * (middle - 1) + tail * (ids.Length - middle)) / (ids.Length - 1), _scorer.MeanLoss(ids), 1e-4);
    }

    [Fact]
    public void KlDivergence_SameVersion_IsZero() =>
        Assert.Equal(0, _scorer.KlDivergence(_ids, WeightVersion.Base, new WeightVersion(3, [])), 1e-6);

    [Fact]
    public void MeanLoss_NothingToScore_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _scorer.MeanLoss([1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => _scorer.MeanLoss([1, 2], 0));
        Assert.Throws<ArgumentException>(() => _scorer.NextLogits(new int[Atlas.Shared.Config.ContextLength + 1]));
    }
}
