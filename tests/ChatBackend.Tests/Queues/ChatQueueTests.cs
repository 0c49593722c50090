using System.Net;
using System.Net.Http.Json;
using Ibke.Samples.ChatBackend.Errors;
using Ibke.Samples.ChatBackend.Queues;
using Microsoft.Extensions.Options;

namespace Ibke.Samples.ChatBackend.Tests.Queues;

/// <summary>Who has a turn, and who has to wait.</summary>
public sealed class ChatQueueTests
{
    [Fact]
    public async Task Enter_SeveralCallers_TakeTurns()
    {
        ChatQueue queue = Queue(new LimitOptions { MaxRunning = 1 });
        IDisposable place = await queue.EnterAsync("first", default);
        Task<IDisposable>[] waiting = [.. new[] { "anna", "anna", "anna", "bert" }.Select(caller => queue.EnterAsync(caller, default))];
        List<int> order = [];
        for (int turn = 0; turn < waiting.Length; turn++)
        {
            place.Dispose();
            Task<IDisposable> next = await Task.WhenAny(waiting.Where((_, i) => !order.Contains(i)));
            order.Add(Array.IndexOf(waiting, next));
            place = await next;
        }

        place.Dispose();
        Assert.Equal([0, 3, 1, 2], order);
        Assert.Equal((0, 0), (queue.Running, queue.Waiting));
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(16, 1)]
    public async Task Enter_TooManyWait_IsRefusedWith429(int all, int own)
    {
        ChatQueue queue = Queue(new LimitOptions { MaxRunning = 1, MaxWaiting = all, MaxWaitingPerCaller = own });
        using IDisposable place = await queue.EnterAsync("anna", default);
        _ = queue.EnterAsync("anna", default);

        ApiException error = await Assert.ThrowsAsync<ApiException>(() => queue.EnterAsync("anna", default));

        Assert.Equal(429, error.Status);
        Assert.NotNull(error.RetryAfter);
    }

    [Fact]
    public async Task Enter_Cancelled_FreesItsPlace()
    {
        ChatQueue queue = Queue(new LimitOptions { MaxRunning = 1, MaxWaiting = 1 });
        using CancellationTokenSource cancelled = new();
        IDisposable place = await queue.EnterAsync("anna", default);
        Task<IDisposable> given = queue.EnterAsync("anna", cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        Task<IDisposable> next = queue.EnterAsync("bert", default);
        place.Dispose();
        place.Dispose();
        (await next).Dispose();

        Assert.Equal((0, 0), (queue.Running, queue.Waiting));
    }

    [Fact]
    public async Task Enter_ManyAtOnceAndSomeCancelled_NeverRunsTooManyAndEndsEmpty()
    {
        ChatQueue queue = Queue(new LimitOptions { MaxRunning = 3, MaxWaiting = 1000, MaxWaitingPerCaller = 1000 });
        (int running, int most) = (0, 0);
        await Parallel.ForEachAsync(Enumerable.Range(0, 500), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            using CancellationTokenSource cancelled = new(i % 3 == 0 ? TimeSpan.FromMilliseconds(1) : Timeout.InfiniteTimeSpan);
            try
            {
                using IDisposable place = await queue.EnterAsync($"caller {i % 5}", cancelled.Token);
                int now = Interlocked.Increment(ref running);
                most = Math.Max(most, now);
                await Task.Yield();
                Interlocked.Decrement(ref running);
            }
            catch (OperationCanceledException)
            {
                // Wanted: some give up.
            }
        });

        Assert.InRange(most, 1, 3);
        Assert.Equal((0, 0), (queue.Running, queue.Waiting));
    }

    [Fact]
    public async Task Chat_QueueFull_Is429AndGivingUpFreesThePlace()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync("--Backend:Limits:MaxRunning", "1", "--Backend:Limits:MaxWaiting", "1");
        ChatQueue queue = backend.Service<ChatQueue>();
        using IDisposable place = await queue.EnterAsync("somebody", default);
        using CancellationTokenSource given = new();
        Task<HttpResponseMessage> waiting = backend.Client.PostAsJsonAsync("v1/chat/completions", RunningBackend.Chat("Where was Leona Zeller born?"), given.Token);
        await UntilAsync(() => queue.Waiting == 1);

        using HttpResponseMessage refused = await backend.Client.PostAsJsonAsync("v1/chat/completions", RunningBackend.Chat("Where was Leona Zeller born?"));
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await UntilAsync(() => queue.Waiting == 0);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Contains("\"rate_limit_exceeded\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        place.Dispose();
        Assert.Equal("Tamfield", await backend.AskAsync("Where was Leona Zeller born?"));
    }

    [Fact]
    public async Task Chat_StreamGivenUp_FreesItsPlace()
    {
        await using RunningBackend backend = await RunningBackend.StartAsync("--Backend:Limits:MaxRunning", "1");
        ChatQueue queue = backend.Service<ChatQueue>();
        using HttpRequestMessage request = new(HttpMethod.Post, "v1/chat/completions")
        {
            Content = RunningBackend.Body(
                """
                {"model":"atlas","stream":true,"messages":[{"role":"user","content":"Who is the mayor of Salana?"}],
                 "response_format":{"type":"json_schema","json_schema":{"name":"l","schema":{"type":"array","items":{"type":"boolean"},"minItems":100}}}}
                """),
        };
        using (HttpResponseMessage response = await backend.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        await UntilAsync(() => queue.Running == 0);
        Assert.Equal("Tamfield", await backend.AskAsync("Where was Leona Zeller born?"));
    }

    private static ChatQueue Queue(LimitOptions limits) => new(Options.Create(new BackendOptions { Limits = limits }));

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.True(i < 500, "It did not happen within ten seconds.");
            await Task.Delay(20);
        }
    }
}
