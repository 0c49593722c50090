using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Generation.Batching;

/// <summary>One generation among those that are computed together.</summary>
/// <param name="version">The edits in force.</param>
/// <param name="ids">The prompt, and what was generated; grows between two steps.</param>
/// <param name="cache">Holds the tokens that were computed.</param>
/// <param name="logits">Takes the scores of the next token; empty: only the likeliest token is wanted.</param>
internal sealed class BatchMember(WeightVersion version, List<int> ids, KeyValueCache cache, float[] logits)
{
    private TaskCompletionSource<int>? _completion;

    /// <summary>The edits in force.</summary>
    public WeightVersion Version => version;

    /// <summary>Holds the tokens that were computed.</summary>
    public KeyValueCache Cache => cache;

    /// <summary>The tokens that are still to be computed.</summary>
    public int Remaining => ids.Count - cache.Length;

    /// <summary>Takes the scores of the next token; empty: only the likeliest token is wanted.</summary>
    public float[] Logits => logits;

    /// <summary>The round that last gave it a token; it is expected to ask for another soon.</summary>
    public long Round { get; set; } = -1;

    /// <summary>Cancels what it waits for, as long as it is not being computed.</summary>
    public CancellationToken Token { get; private set; }

    /// <summary>The next tokens to compute.</summary>
    public List<int> Next(int count) => ids.GetRange(cache.Length, count);

    /// <summary>Begins to wait for a step.</summary>
    public Task<int> Wait(CancellationToken token)
    {
        Token = token;
        _completion = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _completion.Task;
    }

    /// <summary>Ends the wait.</summary>
    /// <param name="likeliest">The likeliest next token; of no meaning where scores were wanted.</param>
    public void Complete(int likeliest) => _completion!.TrySetResult(likeliest);

    /// <summary>Ends the wait without a token.</summary>
    public void Fail(Exception error) => _completion!.TrySetException(error);

    /// <summary>Ends the wait of one that was cancelled.</summary>
    public void Cancel() => _completion!.TrySetCanceled(Token);
}
