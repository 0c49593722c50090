using System.Threading.Channels;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Service;
using Microsoft.Extensions.Caching.Memory;

namespace Ibke.Runtime.Knowledge.AnswerChecks;

/// <summary>Proposes edits for stale answers, one after the other, after the replies. Each fact once in a while; what does not fit is dropped.</summary>
internal sealed class StaleAnswerQueue : IDisposable
{
    private const int Capacity = 64;
    private const int Remembered = 10_000;

    private readonly Channel<StaleAnswer> _waiting = Channel.CreateBounded<StaleAnswer>(Capacity);
    private readonly MemoryCache _proposed = new(new MemoryCacheOptions { SizeLimit = Remembered });
    private readonly CancellationTokenSource _stop = new();
    private readonly KnowledgeService _knowledge;
    private readonly AnswerCheckOptions _options;
    private readonly Task _worker;

    /// <summary>Begins to wait for stale answers.</summary>
    public StaleAnswerQueue(KnowledgeService knowledge, AnswerCheckOptions options)
    {
        (_knowledge, _options) = (knowledge, options);
        _worker = Task.Run(WorkAsync);
    }

    /// <summary>Takes note of a stale answer. Never waits.</summary>
    public void Add(StaleAnswer stale)
    {
        string key = $"{_knowledge.Editor.Card.FactKey(stale.Question)}\n{stale.Current.Answer}";
        bool first = false;
        _proposed.GetOrCreate(key, entry =>
        {
            first = true;
            entry.SetSize(1).SetAbsoluteExpiration(_options.Pause);
            return true;
        });
        if (first && !_waiting.Writer.TryWrite(stale))
        {
            AnswerCheckLog.Dropped(_options.Logger, stale.Question);
            _proposed.Remove(key);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_waiting.Writer.TryComplete())
        {
            return;
        }

        _stop.Cancel();
        _worker.GetAwaiter().GetResult();
        _stop.Dispose();
        _proposed.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (StaleAnswer stale in _waiting.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                await ProposeAsync(stale, _options, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Proposes an edit. Never fails but by being cancelled.</summary>
    /// <returns>Whether the model says so now.</returns>
    public static async Task<bool> ProposeAsync(StaleAnswer stale, AnswerCheckOptions options, CancellationToken cancellationToken)
    {
        try
        {
            ProposalResult result = await options.Knowledge!.ProposeAsync(
                new FactProposal
                {
                    Request = new EditRequest { Prompt = stale.Question, Answer = stale.Current.Answer, Source = stale.Current.Source },
                    Reason = "a stale answer was given",
                },
                options.Caller,
                cancellationToken).ConfigureAwait(false);
            return result.Status is ProposalStatus.Applied or ProposalStatus.Unchanged;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The next stale answer is another matter.
            AnswerCheckLog.ProposalFailed(options.Logger, error, stale.Question);
            return false;
        }
    }
}
