using Ibke.Runtime.Cpu;

namespace Ibke.Runtime.Tests.Cpu;

public sealed class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void For_AnyNumberOfThreads_CoversEveryItemOnceInTheSameRanges(int threads)
    {
        using WorkerPool pool = new(threads);
        foreach ((int items, int grain) in new[] { (0, 4), (1, 1), (7, 8), (8, 8), (9, 8), (1000, 1), (1001, 13), (5, int.MaxValue) })
        {
            int[] visits = new int[items];
            List<(int, int)> ranges = [];
            pool.For(items, grain, visits, (counts, from, to) =>
            {
                lock (ranges)
                {
                    ranges.Add((from, to));
                }

                for (int i = from; i < to; i++)
                {
                    Interlocked.Increment(ref counts[i]);
                }
            });

            Assert.All(visits, count => Assert.Equal(1, count));
            ranges.Sort();
            Assert.Equal(Enumerable.Range(0, (int)(((long)items + grain - 1) / grain)).Select(i => (i * grain, (int)Math.Min(items, ((long)i + 1) * grain))), ranges);
        }
    }

    [Fact]
    public void For_BodyThrows_ThrowsTheSameAndStaysUsable()
    {
        using WorkerPool pool = new(3);
        for (int round = 0; round < 200; round++)
        {
            InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => pool.For(50, 1, round, static (r, from, _) =>
            {
                if (from == r % 50)
                {
                    throw new InvalidOperationException($"at {from}");
                }
            }));
            Assert.Equal($"at {round % 50}", thrown.Message);
            Assert.Equal(Enumerable.Range(0, 40).Sum(), Sum(pool, 40));
        }
    }

    [Fact]
    public async Task For_ManyCallersAtOnce_EachGetsItsOwnResult()
    {
        using WorkerPool pool = new(4);
        Task<bool>[] callers = [.. Enumerable.Range(1, 6).Select(caller => Task.Run(() =>
        {
            for (int round = 0; round < 500; round++)
            {
                int items = caller * 10 + round % 7;
                if (Sum(pool, items) != Enumerable.Range(0, items).Sum())
                {
                    return false;
                }
            }

            return true;
        }))];

        Assert.All(await Task.WhenAll(callers).WaitAsync(TimeSpan.FromMinutes(2)), Assert.True);
    }

    [Fact]
    public void For_CalledFromABody_ComputesThere()
    {
        using WorkerPool pool = new(3);
        int total = 0;
        pool.For(20, 1, pool, (inner, _, _) => Interlocked.Add(ref total, Sum(inner, 10)));

        Assert.Equal(20 * 45, total);
    }

    [Fact]
    public async Task Dispose_WhileOthersCompute_LetsThemFinish()
    {
        for (int round = 0; round < 20; round++)
        {
            WorkerPool pool = new(3);
            Task<int>[] callers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() => Enumerable.Range(0, 50).Sum(_ => Sum(pool, 30))))];
            pool.Dispose();

            Assert.All(await Task.WhenAll(callers).WaitAsync(TimeSpan.FromMinutes(1)), sum => Assert.Equal(50 * 435, sum));
            Assert.Equal(435, Sum(pool, 30));
        }
    }

    [Fact]
    public async Task For_AfterAPause_WakesSleepingWorkers()
    {
        using WorkerPool pool = new(2);
        for (int round = 0; round < 5; round++)
        {
            await Task.Delay(30);
            HashSet<int> threads = [];
            pool.For(2, 1, threads, static (seen, _, _) =>
            {
                lock (seen)
                {
                    seen.Add(Environment.CurrentManagedThreadId);
                }

                // Whoever comes first waits for the other: one thread alone would never see two.
                SpinWait.SpinUntil(() => { lock (seen) { return seen.Count == 2; } }, TimeSpan.FromSeconds(30));
            });
            Assert.Equal(2, threads.Count);
        }
    }

    private static int Sum(WorkerPool pool, int items)
    {
        int[] parts = new int[items];
        pool.For(items, 3, parts, static (sums, from, to) =>
        {
            for (int i = from; i < to; i++)
            {
                sums[i] = i;
            }
        });
        return parts.Sum();
    }
}
