using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Hosting;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Tests.Knowledge.Service;
using Ibke.Runtime.Tests.Models;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Hosting;

[Collection(nameof(TelemetryTests))]
[CollectionDefinition(nameof(TelemetryTests), DisableParallelization = true)]
public sealed class TelemetryTests : IDisposable
{
    private readonly List<(string Name, double Value, Dictionary<string, object?> Tags)> _measured = [];
    private readonly List<Activity> _spans = [];
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;

    public TelemetryTests()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (IbkeHostingExtensions.TelemetrySources.Contains(instrument.Meter.Name))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => IbkeHostingExtensions.TelemetrySources.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _spans.Add,
        };
        ActivitySource.AddActivityListener(_activities);
    }

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    [Fact]
    public async Task GetResponse_WholeStreamedOrFailed_IsMeasuredByTheConventions()
    {
        using TelemetryChatClient client = new(new LocalChatClient(Atlas.Shared));

        ChatResponse response = await client.GetResponseAsync("Who is the CEO of Clear Energy?");
        await client.GetStreamingResponseAsync("Who is the CEO of Clear Energy?").ToChatResponseAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync([]));

        Assert.Equal(["chat atlas", "chat atlas", "chat atlas"], _spans.Select(span => span.DisplayName));
        Assert.Equal(("chat", "ibke", "atlas"), (Tag(0, "gen_ai.operation.name"), Tag(0, "gen_ai.provider.name"), Tag(0, "gen_ai.response.model")));
        Assert.Equal(response.Usage!.OutputTokenCount, _spans[0].GetTagItem("gen_ai.usage.output_tokens"));
        Assert.Equal(["stop"], Assert.IsType<string[]>(_spans[1].GetTagItem("gen_ai.response.finish_reasons")));
        Assert.Equal((ActivityStatusCode.Error, typeof(ArgumentException).FullName), (_spans[2].Status, Tag(2, "error.type")));
        Assert.Equal(3, Measured("gen_ai.client.operation.duration").Length);
        Assert.Equal(["input", "output", "input", "output"], Measured("gen_ai.client.token.usage").Select(measured => measured.Tags["gen_ai.token.type"]));
        Assert.Equal((double)response.Usage.InputTokenCount!, Measured("gen_ai.client.token.usage")[0].Value);
        Assert.Single(Measured("gen_ai.server.time_to_first_token"));
        Assert.Single(Measured("gen_ai.server.time_per_output_token"));
        Assert.DoesNotContain(_spans.SelectMany(span => span.TagObjects), tag => $"{tag.Value}".Contains("Clear", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Propose_AppliedAndRefused_AreCountedByOutcome()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();

        await service.ProposeAsync(ServiceFixture.Birthplace, ServiceFixture.Operator);
        await service.ProposeAsync(ServiceFixture.Mayor, Caller.Anonymous);
        await service.RevertAsync("e1", ServiceFixture.Operator);
        _meters.RecordObservableInstruments();

        Assert.Equal(
            [("propose", "applied"), ("propose", "refused"), ("revert", "applied")],
            Measured("ibke.edits").Select(measured => ((string?)measured.Tags["ibke.operation"], (string?)measured.Tags["ibke.outcome"])));
        Assert.Single(Measured("ibke.edit.drift"));
        Assert.Equal(3, Measured("ibke.edit.duration").Length);
        Assert.Contains(Measured("ibke.edits.in_force"), measured => measured.Value == 0);
        Assert.Contains(Measured("ibke.version.lag"), measured => measured.Value == 0);
        Assert.Equal(["ibke propose", "ibke propose", "ibke revert"], _spans.Select(span => span.DisplayName));
        Assert.Equal("e1", _spans[0].GetTagItem("ibke.edit.id"));
    }

    private (string Name, double Value, Dictionary<string, object?> Tags)[] Measured(string name) => [.. _measured.Where(measured => measured.Name == name)];

    private string? Tag(int span, string name) => (string?)_spans[span].GetTagItem(name);

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Dictionary<string, object?> copy = new(tags.ToArray());
        lock (_measured)
        {
            _measured.Add((instrument.Name, value, copy));
        }
    }
}
