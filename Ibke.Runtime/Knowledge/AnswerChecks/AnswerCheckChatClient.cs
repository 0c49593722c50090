using System.Runtime.CompilerServices;
using System.Text;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Sources;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Knowledge.AnswerChecks;

/// <summary>
/// Checks answers as they are given: asks a source what the user asked, and compares. A reply in which the source's answer does not occur is stale: it
/// is marked (<see cref="StaleAnswerKey"/>), logged, and an edit is proposed where <see cref="AnswerCheckOptions.Knowledge"/> says so; with
/// <see cref="AnswerCheckOptions.Correct"/> it is corrected before it leaves.
/// </summary>
/// <remarks>
/// Thread-safe. Without correction replies are never changed; a stream passes through as it comes, and the mark follows its text. What the source does not know as the
/// user asked it is not checked. The other client is disposed with it, the source and the service are not.
/// </remarks>
public sealed class AnswerCheckChatClient : DelegatingChatClient
{
    /// <summary>The key in <see cref="ChatResponse.AdditionalProperties"/> under which a <see cref="StaleAnswer"/> stands.</summary>
    public const string StaleAnswerKey = "ibke.stale_answer";

    /// <summary>The key under which the <see cref="StaleAnswer"/> stands that the model gave first, where the reply is its corrected one.</summary>
    public const string CorrectedAnswerKey = "ibke.corrected_answer";

    private const int LongestQuestion = 2_000;

    private readonly IFactSource _source;
    private readonly AnswerCheckOptions _options;
    private readonly StaleAnswerQueue? _queue;

    /// <summary>Puts checks before a client.</summary>
    /// <param name="inner">Answers.</param>
    /// <param name="source">What is true at present.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time of the options is out of its range.</exception>
    public AnswerCheckChatClient(IChatClient inner, IFactSource source, AnswerCheckOptions? options = null)
        : base(inner)
    {
        ArgumentNullException.ThrowIfNull(source);
        (_source, _options) = (source, (options ?? new AnswerCheckOptions()).Validate());
        _queue = _options is { Knowledge: { } knowledge, Correct: false } ? new StaleAnswerQueue(knowledge, _options) : null;
    }

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ChatMessage> said = [.. messages];
        using Check check = new(this, said, cancellationToken);
        ChatResponse response = await base.GetResponseAsync(said, options, cancellationToken).ConfigureAwait(false);
        if (await check.FindAsync(response.Text, response.FinishReason).ConfigureAwait(false) is not { } stale)
        {
            return response;
        }

        bool corrected = await IsCorrectedAsync(stale, cancellationToken).ConfigureAwait(false);
        response = corrected ? await base.GetResponseAsync(said, options, cancellationToken).ConfigureAwait(false) : response;
        (response.AdditionalProperties ??= [])[corrected ? CorrectedAnswerKey : StaleAnswerKey] = stale;
        return response;
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ChatMessage> said = [.. messages];
        if (_options.Correct)
        {
            // Nothing may leave before it is checked.
            ChatResponse whole = await GetResponseAsync(said, options, cancellationToken).ConfigureAwait(false);
            foreach (ChatResponseUpdate update in whole.ToChatResponseUpdates())
            {
                yield return update;
            }

            yield break;
        }

        using Check check = new(this, said, cancellationToken);
        StringBuilder text = new();
        ChatResponseUpdate? last = null;
        ChatFinishReason? reason = null;
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(said, options, cancellationToken).ConfigureAwait(false))
        {
            text.Append(update.Text);
            (last, reason) = (update, update.FinishReason ?? reason);
            yield return update;
        }

        if (last is not null && await check.FindAsync(text.ToString(), reason).ConfigureAwait(false) is { } stale)
        {
            yield return new ChatResponseUpdate
            {
                Role = last.Role, ResponseId = last.ResponseId, ModelId = last.ModelId, CreatedAt = last.CreatedAt,
                AdditionalProperties = new AdditionalPropertiesDictionary { [StaleAnswerKey] = stale },
            };
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _queue?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<bool> IsCorrectedAsync(StaleAnswer stale, CancellationToken cancellationToken) =>
        _options.Correct && await StaleAnswerQueue.ProposeAsync(stale, _options, cancellationToken).ConfigureAwait(false);

    // What the source says to the last question, which is asked for while the reply is made.
    private sealed class Check : IDisposable
    {
        private readonly AnswerCheckChatClient _client;
        private readonly CancellationTokenSource _stop;
        private readonly string? _question;
        private readonly Task<SourcedFact?> _asked;

        public Check(AnswerCheckChatClient client, IReadOnlyList<ChatMessage> said, CancellationToken cancellationToken)
        {
            _client = client;
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            string? question = said.LastOrDefault(message => message.Role == ChatRole.User)?.Text.Trim();
            _question = question is { Length: > 0 and <= LongestQuestion } ? question : null;
            _asked = _question is null ? Task.FromResult<SourcedFact?>(null) : AskAsync(_question);
        }

        public async Task<StaleAnswer?> FindAsync(string reply, ChatFinishReason? reason)
        {
            if (_question is null || reason != ChatFinishReason.Stop)
            {
                return null;
            }

            _stop.CancelAfter(_client._options.LongestWait);
            if (await _asked.ConfigureAwait(false) is not { } fact || FactText.Mentions(reply, fact.Answer))
            {
                return null;
            }

            StaleAnswer stale = new(_question, reply, fact);
            AnswerCheckLog.Stale(_client._options.Logger, _question, reply, fact.Source, fact.Answer);
            _client._queue?.Add(stale);
            return stale;
        }

        public void Dispose()
        {
            _stop.Cancel();
            _stop.Dispose();
        }

        // Never fails: a reply is not lost because a source is.
        private async Task<SourcedFact?> AskAsync(string question)
        {
            CancellationToken token = _stop.Token;
            try
            {
                return await _client._source.AskAsync(question, null, token).WaitAsync(token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            catch (Exception error)
            {
                AnswerCheckLog.SourceFailed(_client._options.Logger, error, _client._source.Name);
                return null;
            }
        }
    }
}
