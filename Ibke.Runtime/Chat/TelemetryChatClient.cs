using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>
/// Measures another client: a span and metrics a reply, named by OpenTelemetry's conventions for generative AI
/// (https://opentelemetry.io/docs/specs/semconv/gen-ai/). No text of a conversation is in them.
/// </summary>
/// <remarks>Thread-safe. The other client is disposed with it.</remarks>
public sealed class TelemetryChatClient : DelegatingChatClient
{
    /// <summary>The name of the source of spans and of the meter.</summary>
    public const string SourceName = "Ibke.Runtime.Chat";

    private static readonly ActivitySource _source = new(SourceName);

    private readonly Meter _meter = new(SourceName);
    private readonly Histogram<double> _duration;
    private readonly Histogram<long> _tokens;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<double> _perToken;
    private readonly ChatClientMetadata? _metadata;
    private readonly TimeProvider _clock;

    /// <summary>Puts measurements before a client.</summary>
    /// <param name="inner">Answers.</param>
    /// <param name="clock">Null for the system's.</param>
    public TelemetryChatClient(IChatClient inner, TimeProvider? clock = null)
        : base(inner)
    {
        _clock = clock ?? TimeProvider.System;
        _metadata = inner.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata;
        InstrumentAdvice<double> seconds = new() { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] };
        InstrumentAdvice<double> pauses = new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] };
        InstrumentAdvice<long> counts = new() { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576] };
        _duration = _meter.CreateHistogram("gen_ai.client.operation.duration", "s", "The time from a request to its last token.", advice: seconds);
        _tokens = _meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "The tokens of prompts and replies.", advice: counts);
        _firstToken = _meter.CreateHistogram("gen_ai.server.time_to_first_token", "s", "The time from a request to its first token.", advice: seconds);
        _perToken = _meter.CreateHistogram("gen_ai.server.time_per_output_token", "s", "The mean time between tokens after the first.", advice: pauses);
    }

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using Request request = new(this, options);
        try
        {
            ChatResponse response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
            request.Finish(response.ModelId, response.FinishReason, response.Usage);
            return response;
        }
        catch (Exception error)
        {
            request.Fail(error);
            throw;
        }
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using Request request = new(this, options);
        await using IAsyncEnumerator<ChatResponseUpdate> updates = base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        (string? model, ChatFinishReason? reason, UsageDetails? usage) = (null, null, null);
        while (true)
        {
            try
            {
                if (!await updates.MoveNextAsync().ConfigureAwait(false))
                {
                    break;
                }
            }
            catch (Exception error)
            {
                request.Fail(error);
                throw;
            }

            ChatResponseUpdate update = updates.Current;
            request.Receive();
            (model, reason) = (update.ModelId ?? model, update.FinishReason ?? reason);
            usage = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details ?? usage;
            yield return update;
        }

        request.Finish(model, reason, usage);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _meter.Dispose();
        }

        base.Dispose(disposing);
    }

    private sealed class Request : IDisposable
    {
        private readonly TelemetryChatClient _client;
        private readonly long _start;
        private readonly Activity? _activity;
        private readonly string? _model;
        private TimeSpan? _first;

        public Request(TelemetryChatClient client, ChatOptions? options)
        {
            (_client, _start) = (client, client._clock.GetTimestamp());
            _model = options?.ModelId ?? client._metadata?.DefaultModelId;
            _activity = _source.StartActivity($"chat {_model}", ActivityKind.Client);
            _activity?.SetTag("gen_ai.operation.name", "chat").SetTag("gen_ai.provider.name", client._metadata?.ProviderName).SetTag("gen_ai.request.model", _model)
                .SetTag("gen_ai.request.max_tokens", options?.MaxOutputTokens).SetTag("gen_ai.request.temperature", options?.Temperature)
                .SetTag("gen_ai.request.top_p", options?.TopP).SetTag("gen_ai.request.seed", options?.Seed);
        }

        public void Receive() => _first ??= Elapsed();

        public void Finish(string? model, ChatFinishReason? reason, UsageDetails? usage)
        {
            TimeSpan elapsed = Elapsed();
            TagList tags = Tags(model, null);
            _client._duration.Record(elapsed.TotalSeconds, tags);
            foreach ((string type, long? count) in new[] { ("input", usage?.InputTokenCount), ("output", usage?.OutputTokenCount) })
            {
                if (count is { } tokens)
                {
                    _client._tokens.Record(tokens, [.. tags, new("gen_ai.token.type", type)]);
                    _activity?.SetTag($"gen_ai.usage.{type}_tokens", tokens);
                }
            }

            if (_first is { } first)
            {
                _client._firstToken.Record(first.TotalSeconds, tags);
                if (usage?.OutputTokenCount is > 1)
                {
                    _client._perToken.Record((elapsed - first).TotalSeconds / (usage.OutputTokenCount.Value - 1), tags);
                }
            }

            _activity?.SetTag("gen_ai.response.model", model).SetTag("gen_ai.response.finish_reasons", reason is { } end ? new[] { end.Value } : null);
        }

        public void Fail(Exception error)
        {
            _client._duration.Record(Elapsed().TotalSeconds, Tags(null, error));
            _activity?.SetStatus(ActivityStatusCode.Error, error.GetType().Name).SetTag("error.type", error.GetType().FullName);
        }

        public void Dispose() => _activity?.Dispose();

        private TimeSpan Elapsed() => _client._clock.GetElapsedTime(_start);

        private TagList Tags(string? model, Exception? error)
        {
            TagList tags = new()
            {
                { "gen_ai.operation.name", "chat" }, { "gen_ai.provider.name", _client._metadata?.ProviderName }, { "gen_ai.request.model", _model },
            };
            if (model is not null)
            {
                tags.Add("gen_ai.response.model", model);
            }

            if (error is not null)
            {
                tags.Add("error.type", error.GetType().FullName);
            }

            return tags;
        }
    }
}
