using Ibke.Runtime.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Ibke.Samples.ChatBackend.Auditing;

/// <summary>Sends spans and metrics to the collector that <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names; nothing where it names none.</summary>
internal sealed class TelemetryExport(IConfiguration configuration) : IHostedService, IDisposable
{
    // Spans of replies are within those of requests, and not recorded without them.
    private const string RequestSource = "Microsoft.AspNetCore";
    private const string RequestMeter = "Microsoft.AspNetCore.Hosting";

    private TracerProvider? _spans;
    private MeterProvider? _metrics;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            string[] names = [.. IbkeHostingExtensions.TelemetrySources];
            _spans = Sdk.CreateTracerProviderBuilder().AddSource([.. names, RequestSource]).AddOtlpExporter().Build();
            _metrics = Sdk.CreateMeterProviderBuilder().AddMeter([.. names, RequestMeter]).AddOtlpExporter().Build();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        _spans?.Dispose();
        _metrics?.Dispose();
    }
}
