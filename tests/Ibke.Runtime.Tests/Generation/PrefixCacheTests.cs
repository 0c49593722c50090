using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Generation;

public sealed class PrefixCacheTests : IDisposable
{
    private readonly RandomModel _model = new(RandomModel.TinyConfig);

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Rent_SameBeginning_GivesWhatWasComputed()
    {
        using PrefixCache prefixes = New();
        Compute(prefixes, [1, 2, 3, 4]);

        using KeyValueCache longer = prefixes.Rent([1, 2, 3, 4, 5, 6], WeightVersion.Base);

        Assert.Equal(4, longer.Length);
    }

    [Fact]
    public void Rent_WholePromptKnown_LeavesTheLastTokenToCompute()
    {
        using PrefixCache prefixes = New();
        Compute(prefixes, [1, 2, 3, 4]);

        using KeyValueCache same = prefixes.Rent([1, 2, 3, 4], WeightVersion.Base);

        Assert.Equal(3, same.Length);
    }

    [Fact]
    public void Rent_PartOfTheBeginning_CopiesAndLeavesTheOther()
    {
        using PrefixCache prefixes = New();
        Compute(prefixes, [1, 2, 3, 4]);

        using KeyValueCache part = prefixes.Rent([1, 2, 9], WeightVersion.Base);
        using KeyValueCache whole = prefixes.Rent([1, 2, 3, 4, 5], WeightVersion.Base);
        using KeyValueCache again = prefixes.Rent([1, 2, 3, 4, 5], WeightVersion.Base);

        Assert.Equal(2, part.Length);
        Assert.Equal(4, whole.Length);
        Assert.Equal(0, again.Length);
    }

    [Fact]
    public void Rent_AnotherVersion_NeverSharesButTheSameSetDoes()
    {
        using PrefixCache prefixes = New();
        WeightEdit edit = _model.Edit();
        Compute(prefixes, [1, 2, 3, 4]);

        using KeyValueCache edited = prefixes.Rent([1, 2, 3, 4, 5], new WeightVersion(1, [edit]));
        using KeyValueCache reverted = prefixes.Rent([1, 2, 3, 4, 5], new WeightVersion(2, []));

        Assert.Equal(0, edited.Length);
        Assert.Equal(4, reverted.Length);
    }

    [Fact]
    public void Rent_Reused_GivesTheSameLogits()
    {
        using PrefixCache prefixes = New();
        int[] ids = [7, 7, 1, 60, 2, 30];
        Compute(prefixes, ids[..4]);

        using KeyValueCache cache = prefixes.Rent(ids, WeightVersion.Base);
        float[] reused = _model.Logits(WeightVersion.Base, ids[4..], new SequenceRows(2, cache));

        float[] computed = _model.Logits(WeightVersion.Base, ids)[(4 * 96)..];
        for (int i = 0; i < computed.Length; i++)
        {
            Assert.InRange(reused[i] - computed[i], -1e-4, 1e-4);
        }
    }

    [Fact]
    public void Return_BeyondTheLimit_DropsTheLeastRecentlyUsed()
    {
        long one = Bytes();
        using PrefixCache prefixes = new(_model.Transformer, one * 2);
        Compute(prefixes, [1, 2, 3, 4]);
        Compute(prefixes, [2, 2, 3, 4]);
        Compute(prefixes, [3, 2, 3, 4]);

        Assert.InRange(prefixes.Bytes, 1, one * 2);
        using KeyValueCache oldest = prefixes.Rent([1, 2, 3, 4, 5], WeightVersion.Base);
        using KeyValueCache newest = prefixes.Rent([3, 2, 3, 4, 5], WeightVersion.Base);
        Assert.Equal(0, oldest.Length);
        Assert.Equal(4, newest.Length);
    }

    [Fact]
    public void Return_LongerSequence_ReplacesItsBeginning()
    {
        using PrefixCache prefixes = New();
        Compute(prefixes, [1, 2, 3, 4]);
        using (KeyValueCache fresh = _model.Transformer.CreateCache())
        {
            _model.Logits(WeightVersion.Base, [1, 2], new SequenceRows(2, fresh));
            prefixes.Return(fresh.Fork(2), [1, 2], WeightVersion.Base);
        }

        Compute(prefixes, [1, 2, 3, 4, 5, 6]);

        Assert.Equal(Bytes(), prefixes.Bytes);
    }

    [Fact]
    public void Return_AfterDisposal_KeepsNothing()
    {
        PrefixCache prefixes = New();
        KeyValueCache cache = prefixes.Rent([1, 2], WeightVersion.Base);
        _model.Logits(WeightVersion.Base, [1, 2], new SequenceRows(2, cache));
        prefixes.Dispose();

        prefixes.Return(cache, [1, 2], WeightVersion.Base);

        Assert.Equal(0, prefixes.Bytes);
    }

    [Fact]
    public void Rent_AnglesThatDependOnTheLength_AreReusedWithinTheFixedLengthOnly()
    {
        RopeSettings dynamic = new() { Kind = RopeKind.Dynamic, Factor = 4, OriginalContextLength = 8 };
        using RandomModel model = new(RandomModel.TinyConfig with { Rope = dynamic });
        using PrefixCache prefixes = new(model.Transformer, long.MaxValue);
        using (KeyValueCache cache = prefixes.Rent([1, 2, 3, 4], WeightVersion.Base))
        {
            model.Logits(WeightVersion.Base, [1, 2, 3, 4], new SequenceRows(4, cache));
            prefixes.Return(cache.Fork(4), [1, 2, 3, 4], WeightVersion.Base);
        }

        using KeyValueCache within = prefixes.Rent([1, 2, 3, 5], WeightVersion.Base);
        using KeyValueCache beyond = prefixes.Rent([1, 2, 3, 4, 5, 6, 7, 8, 9], WeightVersion.Base);

        Assert.Equal(3, within.Length);
        Assert.Equal(0, beyond.Length);
    }

    private PrefixCache New() => new(_model.Transformer, long.MaxValue);

    private long Bytes()
    {
        using PrefixCache prefixes = New();
        Compute(prefixes, [1, 2, 3, 4]);
        return prefixes.Bytes;
    }

    private void Compute(PrefixCache prefixes, int[] ids)
    {
        KeyValueCache cache = prefixes.Rent(ids, WeightVersion.Base);
        int[] rest = ids[cache.Length..];
        _model.Logits(WeightVersion.Base, rest, new SequenceRows(rest.Length, cache));
        prefixes.Return(cache, ids, WeightVersion.Base);
    }
}
