using Ibke.Runtime.Hosting;
using Ibke.Samples.ChatBackend.Auditing;
using Ibke.Samples.ChatBackend.Chat;
using Ibke.Samples.ChatBackend.Errors;
using Ibke.Samples.ChatBackend.Knowledge;
using Ibke.Samples.ChatBackend.Queues;
using Ibke.Samples.ChatBackend.Security;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Ibke.Samples.ChatBackend;

/// <summary>The web application.</summary>
internal static class Backend
{
    private const string DefaultAddress = "http://127.0.0.1:5080";
    private const long LargestBody = 1 << 20;
    private const int LargestHeaders = 16 << 10;

    // It repeats with a stack what Application says in a sentence.
    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <summary>Makes it, ready to be run.</summary>
    /// <param name="args">Settings as <c>--Section:Key value</c>; none are needed.</param>
    /// <exception cref="BackendException">It must not listen where it is told to.</exception>
    /// <exception cref="OptionsValidationException">A setting of <c>Backend</c> cannot be used; <c>Ibke</c> is checked at the start.</exception>
    public static WebApplication Build(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Files are not watched: content roots may be large, and keys are read at the start.
            Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
            WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
        });
        AddServices(builder);
        WebApplication application = builder.Build();
        BackendOptions options = application.Services.GetRequiredService<IOptions<BackendOptions>>().Value;
        ListenRules.Check(builder.Configuration, hasKeys: options.Keys.Count > 0);
        Map(application);
        return application;
    }

    private static void AddServices(WebApplicationBuilder builder)
    {
        if (ListenRules.IsSilent(builder.Configuration))
        {
            builder.WebHost.UseUrls(DefaultAddress);
        }

        builder.Logging
            .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Diagnostics", LogLevel.Warning)
            .AddFilter(HostCategory, LogLevel.None);
        builder.WebHost.ConfigureKestrel((_, kestrel) =>
        {
            LimitOptions limits = kestrel.ApplicationServices.GetRequiredService<IOptions<BackendOptions>>().Value.Limits;
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Limits.MaxRequestHeadersTotalSize = LargestHeaders;
            kestrel.Limits.MaxRequestHeaderCount = 64;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
            kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
            kestrel.Limits.MaxConcurrentConnections = limits.MaxConnections;
        });
        builder.AddIbke(EmbeddedModel.SetDefaults);
        IServiceCollection services = builder.Services;
        services.AddOptions<BackendOptions>()
            .Bind(builder.Configuration.GetSection(BackendOptions.SectionName), binder => binder.ErrorOnUnknownConfiguration = true);
        services.AddSingleton<IValidateOptions<BackendOptions>, BackendOptionsValidator>();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<ChatQueue>();
        services.AddSingleton<LoadMeter>();
        services.AddSingleton<ChatService>();
        services.AddSingleton<KnowledgeDesk>();
        services.AddSingleton(_ => TimeProvider.System);
        services.AddHostedService<TelemetryExport>();
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.AddOpenApi();
    }

    private static void Map(WebApplication application)
    {
        // Every answer is counted, shaped and guarded, whatever comes after.
        application.UseMiddleware<AuditTrail>();
        application.UseMiddleware<SecurityHeaders>();
        application.UseMiddleware<ErrorResponses>();
        application.UseMiddleware<LocalRequestGuard>();
        application.UseMiddleware<AccessControl>();
        application.UseDefaultFiles();
        application.UseStaticFiles();
        application.MapOpenApi();
        application.MapHealthChecks("/health/live", Tagged(IbkeHostingExtensions.LiveTag));
        application.MapHealthChecks("/health/ready", Tagged(IbkeHostingExtensions.ReadyTag));
        ModelEndpoints.Map(application);
        ChatEndpoints.Map(application);
        CompletionEndpoints.Map(application);
        KnowledgeEndpoints.Map(application);
        EventEndpoints.Map(application);
    }

    private static HealthCheckOptions Tagged(string tag) => new()
    {
        Predicate = (HealthCheckRegistration check) => check.Tags.Contains(tag),
    };
}
