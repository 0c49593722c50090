using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Tests.Cpu;

public sealed class CpuKeyValueCacheTests
{
    private static readonly AttentionShape Shape = new(2, 1, 4, 0.5f);
    private readonly CpuEngine _engine = new(new CpuEngineOptions { Threads = 1 });

    [Fact]
    public void Bytes_PositionsAdded_GrowAndReturnOnDispose()
    {
        KeyValueCache cache = _engine.CreateCache(2, 4, 1000);
        Assert.Equal(0, cache.Bytes);
        Attend(cache, 0, 3);
        long one = cache.Bytes;
        Attend(cache, 0, 500);
        Assert.InRange(cache.Bytes, one + 1, 500 * one);

        cache.Dispose();
        cache.Dispose();
        Assert.Equal(0, _engine.Memory.UsedBytes);
        Assert.Throws<ObjectDisposedException>(() => cache.Fork(0));
    }

    [Fact]
    public void Attention_PassThatIsNotAdvanced_LeavesNoTrace()
    {
        using KeyValueCache cache = _engine.CreateCache(1, 4, 100);
        using KeyValueCache clean = _engine.CreateCache(1, 4, 100);
        Attend(cache, 0, 70);
        Attend(clean, 0, 70);
        cache.Advance(70);
        clean.Advance(70);
        Attend(cache, 0, 20, seed: 9);

        Assert.Equal(Attend(clean, 0, 5), Attend(cache, 0, 5));
    }

    [Fact]
    public void CreateCache_NoLayers_ThrowsAndFinalizesQuietly()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _engine.CreateCache(0, 8, 8));

        // A finalizer that throws would end the process.
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [Fact]
    public void Fork_ThenBothGoOn_AreIndependent()
    {
        using KeyValueCache cache = _engine.CreateCache(1, 4, 200);
        Attend(cache, 0, 100);
        cache.Advance(100);
        using KeyValueCache fork = cache.Fork(80);
        Assert.Equal(80, fork.Length);
        Attend(fork, 0, 30, seed: 5);
        fork.Advance(30);
        float[] before = Attend(cache, 0, 3);
        cache.Truncate(80);
        fork.Truncate(80);

        Assert.Equal(Attend(cache, 0, 3), Attend(fork, 0, 3));
        Assert.NotEqual(before, Attend(fork, 0, 3));
    }

    [Fact]
    public void Attention_BeyondTheCapacity_ThrowsAndStaysUsable()
    {
        using KeyValueCache cache = _engine.CreateCache(1, 4, 5);
        Attend(cache, 0, 5);
        cache.Advance(5);

        Assert.Contains("5", Assert.Throws<ArgumentException>(() => Attend(cache, 0, 1)).Message);
        cache.Truncate(4);
        Assert.Equal(8, Attend(cache, 0, 1).Length);
    }

    [Fact]
    public void Attention_OtherWidthOrLayerOrSharedCache_Throws()
    {
        using KeyValueCache narrow = _engine.CreateCache(1, 2, 5);
        using KeyValueCache cache = _engine.CreateCache(1, 4, 5);

        Assert.Throws<ArgumentException>(() => Attend(narrow, 0, 1));
        Assert.Throws<ArgumentException>(() => Attend(cache, 1, 1));
        using Tensor rows = Random(2, 8, 1);
        using Tensor keys = Random(2, 4, 1);
        Assert.Throws<ArgumentException>(() =>
            _engine.Operations.Attention(rows, keys, keys, Shape, [new SequenceRows(1, cache), new SequenceRows(1, cache)], 0));
    }

    private float[] Attend(KeyValueCache cache, int layer, int rows, int seed = 1)
    {
        using Tensor q = Random(rows, 8, seed);
        using Tensor k = Random(rows, 4, seed + 1);
        using Tensor v = Random(rows, 4, seed + 2);
        using Tensor y = _engine.Operations.Attention(q, k, v, Shape, [new SequenceRows(rows, cache)], layer);
        return y.ToArray();
    }

    private Tensor Random(int rows, int columns, int seed)
    {
        Random random = new(seed);
        float[] values = [.. Enumerable.Range(0, rows * columns).Select(_ => (float)(random.NextDouble() - 0.5))];
        return _engine.Create(new TensorShape(rows, columns), values);
    }
}
