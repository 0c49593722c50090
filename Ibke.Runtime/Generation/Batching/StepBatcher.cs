using System.Diagnostics;
using Ibke.Runtime.Models;

namespace Ibke.Runtime.Generation.Batching;

/// <summary>
/// Computes the steps of all running generations together (continuous batching): one that begins joins at the next token, one that ends leaves. A
/// generation that is alone is computed on its own thread.
/// </summary>
/// <remarks>
/// Thread-safe. In each round every generation that asked gets one token, so all go equally fast; prompts are computed in parts between them. One
/// whose reader is slow does not ask, and holds nobody up.
/// </remarks>
internal sealed class StepBatcher(LanguageModel model)
{
    /// <summary>Tokens of prompts that are computed in one step where nobody waits for a next token.</summary>
    internal const int PromptRows = 256;

    /// <summary>The same beside generations that do.</summary>
    internal const int PromptRowsBeside = 64;

    // After a round its members ask again as soon as they have chosen. To wait for them longer than this share of a round would cost more than it brings.
    private const double WaitShare = 0.1;
    private static readonly long _longestWait = Stopwatch.Frequency / 500;

    private readonly Lock _lock = new();
    private List<BatchMember> _waiting = [];
    private int _members;
    private int _expected;
    private long _round;
    private bool _working;

    /// <summary>Whether a generation's prompt must be computed at once, whatever its length.</summary>
    private bool IsWhole(BatchMember member) => member.Cache.Length + member.Remaining > model.Transformer.ReusableLength;

    /// <summary>Announces a generation.</summary>
    public void Join()
    {
        lock (_lock)
        {
            _members++;
        }
    }

    /// <summary>It has ended.</summary>
    public void Leave(BatchMember member)
    {
        lock (_lock)
        {
            _members--;
            Forget(member);
        }
    }

    /// <summary>Computes what a generation has not computed yet, and the scores of the token after it.</summary>
    /// <param name="member">Asks for one step at a time.</param>
    /// <param name="token">Looked at before each round.</param>
    /// <returns>The likeliest token; of no meaning where the member takes scores.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing more of it is being computed.</exception>
    public ValueTask<int> NextAsync(BatchMember member, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_working || _members > 1)
            {
                return new ValueTask<int>(Enlist(member, token));
            }

            _working = true;
        }

        return Alone(member, token);
    }

    private ValueTask<int> Alone(BatchMember member, CancellationToken token)
    {
        bool enlisted = false;
        try
        {
            while (true)
            {
                token.ThrowIfCancellationRequested();
                int count = IsWhole(member) ? member.Remaining : Math.Min(PromptRows, member.Remaining);
                int next = BatchStep.Run(model, [(member, count)])[0];
                if (member.Remaining == 0)
                {
                    return new ValueTask<int>(next);
                }

                lock (_lock)
                {
                    if (_waiting.Count > 0)
                    {
                        enlisted = true;
                        _working = false;
                        return new ValueTask<int>(Enlist(member, token));
                    }
                }
            }
        }
        finally
        {
            if (!enlisted)
            {
                lock (_lock)
                {
                    _working = false;
                    Start();
                }
            }
        }
    }

    private Task<int> Enlist(BatchMember member, CancellationToken token)
    {
        Task<int> step = member.Wait(token);
        Forget(member);
        _waiting.Add(member);
        Start();
        return step;
    }

    private void Forget(BatchMember member)
    {
        if (member.Round == _round)
        {
            member.Round = -1;
            Volatile.Write(ref _expected, _expected - 1);
        }
    }

    private void Start()
    {
        if (!_working && _waiting.Count > 0)
        {
            _working = true;
            _ = Task.Run(Work);
        }
    }

    private void Work()
    {
        long patience = 0;
        while (Gather(patience) is { Count: > 0 } batch)
        {
            long start = Stopwatch.GetTimestamp();
            foreach (IGrouping<string, BatchMember> group in batch.GroupBy(member => member.Version.Key, StringComparer.Ordinal))
            {
                RunGroup([.. group]);
            }

            patience = Math.Min(_longestWait, (long)((Stopwatch.GetTimestamp() - start) * WaitShare));
        }
    }

    // Those that wait; none where the work ends.
    private List<BatchMember> Gather(long patience)
    {
        long start = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _expected) > 0 && Stopwatch.GetTimestamp() - start < patience)
        {
            Thread.Yield();
        }

        lock (_lock)
        {
            foreach (BatchMember member in _waiting.Where(member => member.Token.IsCancellationRequested))
            {
                member.Cancel();
            }

            List<BatchMember> batch = [.. _waiting.Where(member => !member.Token.IsCancellationRequested)];
            _waiting = [];
            _round++;
            _expected = 0;
            _working = batch.Count > 0;
            return batch;
        }
    }

    private void RunGroup(IReadOnlyList<BatchMember> group)
    {
        (BatchMember Member, int Count)[] parts = Share(group);
        try
        {
            Finish(parts, BatchStep.Run(model, parts));
        }
        catch (Exception error)
        {
            // Of the same version and checked before they began: what keeps one from being computed keeps all.
            Array.ForEach(parts, part => part.Member.Fail(error));
        }

        lock (_lock)
        {
            _waiting.InsertRange(0, group.Except(parts.Select(part => part.Member)));
        }
    }

    // One token for each that generates; what room there is for prompts goes to the first of them.
    private (BatchMember Member, int Count)[] Share(IReadOnlyList<BatchMember> group)
    {
        int room = group.Any(member => member.Remaining == 1) ? PromptRowsBeside : PromptRows;
        List<(BatchMember Member, int Count)> parts = [];
        foreach (BatchMember member in group)
        {
            int count = member.Remaining == 1 || IsWhole(member) ? member.Remaining : Math.Min(room, member.Remaining);
            room -= member.Remaining == 1 ? 0 : Math.Min(room, count);
            if (count > 0)
            {
                parts.Add((member, count));
            }
        }

        return [.. parts];
    }

    private void Finish((BatchMember Member, int Count)[] parts, int[] next)
    {
        lock (_lock)
        {
            foreach ((BatchMember member, _) in parts)
            {
                if (member.Remaining > 0)
                {
                    _waiting.Add(member);
                }
                else
                {
                    member.Round = _round;
                    _expected++;
                }
            }
        }

        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i].Member.Remaining == 0)
            {
                parts[i].Member.Complete(next[i]);
            }
        }
    }
}
